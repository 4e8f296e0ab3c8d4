import { readdir, readFile } from "node:fs/promises";
import type { AuditEvent, ControlPlane } from "@fairlead/testing";
import { parseAllDocuments } from "yaml";
import { CONFIG, NAMESPACE } from "./product.ts";

/** What the product asked of the API server, beside what config/rbac lets it ask. */
export interface Usage {
  /**
   * Requests that were refused whenever they were made, each once: who, what, and the API server's words. For a moment
   * after its start an API server refuses everything, since it has not read the roles yet: that is no lack of rights.
   */
  readonly refused: readonly string[];
  /** Permissions that were granted and never used: "fairlead-speaker: get nodes". */
  readonly unused: readonly string[];
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const USER = `system:serviceaccount:${NAMESPACE}:`;

/** Reads the API server's audit log so far. Requests about one's own rights do not count. */
export async function permissionUsage(controlPlane: ControlPlane): Promise<Usage> {
  const events = (await controlPlane.auditEvents()).filter(({ user, objectRef }) => {
    return user.username.startsWith(USER) && objectRef?.apiGroup !== "authorization.k8s.io";
  });
  const isRefused = ({ responseStatus }: AuditEvent) => responseStatus?.code === 403;
  const allowed = new Set(events.filter((event) => !isRefused(event)).map(placeOf));
  const refused = new Map(events.filter(isRefused).map((event) => [placeOf(event), event.responseStatus?.message]));
  const used = new Set(events.map(nameOf));
  return {
    refused: [...refused].flatMap(([place, said]) => (allowed.has(place) ? [] : [`${place}: ${said}`])),
    unused: (await granted()).filter((permission) => !used.has(permission)),
  };
}

function placeOf(event: AuditEvent): string {
  return `${nameOf(event)} in namespace "${event.objectRef?.namespace ?? ""}"`;
}

function nameOf({ user, verb, objectRef }: AuditEvent): string {
  const { resource = "", subresource } = objectRef ?? {};
  return `${user.username.slice(USER.length)}: ${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;
}

// Roles and ClusterRoles are called as the ServiceAccount that they are for.
async function granted(): Promise<string[]> {
  const folder = `${CONFIG}/rbac`;
  const files = (await readdir(folder)).filter((name) => name.endsWith(".yaml"));
  const texts = await Promise.all(files.map((name) => readFile(`${folder}/${name}`, "utf8")));
  const objects = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS())) as {
    readonly metadata: { readonly name: string };
    readonly rules?: readonly Rule[];
  }[];
  return objects.flatMap(({ metadata, rules = [] }) => {
    return rules.flatMap(({ resources, verbs }) => {
      return resources.flatMap((resource) => verbs.map((verb) => `${metadata.name}: ${verb} ${resource}`));
    });
  });
}
