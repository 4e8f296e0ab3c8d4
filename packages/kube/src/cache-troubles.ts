import type { KindName, Permission, Trouble } from "@fairlead/model";
import type { ListFailure, ObjectCache } from "./cache.ts";
import { KINDS } from "./kinds.ts";
import type { StoreErrorReason } from "./ports.ts";

/** A kind that was refused, or is not there, so often in a row is not waited for: it may be so for ever. */
const REFUSALS = 5;

/** How a cache is asked why it is not full. */
export type ListStates = Pick<ObjectCache, "failure" | "synced">;

/** Whether a kind that can be done without is to be done without: it was not listed, and again and again may not be. */
export function isOutOfReach(cache: ListStates, kind: KindName): boolean {
  const failure = cache.failure(kind);
  if (failure === undefined || cache.synced([kind])) return false;
  return (failure.error.reason === "Forbidden" || failure.error.reason === "NotFound") && failure.count >= REFUSALS;
}

/**
 * Why some kinds could not be listed.
 *
 * @param dispensable - kinds that the process does without.
 */
export function cacheTroubles(
  cache: ListStates,
  kinds: readonly KindName[],
  dispensable: readonly KindName[] = [],
): Trouble[] {
  const failed = kinds.flatMap((kind) => {
    const failure = cache.failure(kind);
    // What was listed once is still there while the API server is away.
    const counts = failure !== undefined && (failure.error.reason === "NotFound" || !cache.synced([kind]));
    return counts ? [{ kind, failure }] : [];
  });
  const byCause = Map.groupBy(failed, ({ kind, failure }) => {
    const isAbsent = failure.error.reason === "NotFound";
    return `${failure.error.reason} ${isAbsent && canDoWithout(kind, dispensable)}`;
  });
  return [...byCause.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const kinds = alike.map(({ kind }) => kind);
    return [troubleOf(first.failure, kinds, canDoWithout(first.kind, dispensable))];
  });
}

/** "PermissionMissing" of several sources as one, each permission once. */
export function mergeTroubles(troubles: readonly Trouble[]): Trouble[] {
  const missing = troubles.flatMap((trouble) => (trouble.code === "PermissionMissing" ? trouble.permissions : []));
  const others = troubles.filter(({ code }) => code !== "PermissionMissing");
  if (missing.length === 0) return others;
  const each = new Map(
    missing.map((permission) => [[permission.verb, permission.group, permission.resource].join(), permission]),
  );
  return [{ code: "PermissionMissing", permissions: [...each.values()] }, ...others];
}

function canDoWithout(kind: KindName, dispensable: readonly KindName[]): boolean {
  return KINDS[kind].optional === true || dispensable.includes(kind);
}

function troubleOf({ error }: ListFailure, kinds: readonly KindName[], isPartial: boolean): Trouble {
  const { reason, message: why } = error;
  switch (reason satisfies StoreErrorReason) {
    case "Forbidden":
      return { code: "PermissionMissing", permissions: kinds.map(listing) };
    case "NotFound":
      return { code: "KindMissing", kinds: kinds.map(resourceName), isPartial };
    case "Unauthorized":
      return { code: "CredentialsRefused", why };
    case "NoCredentials":
      return { code: "CredentialsUnusable", why };
    default:
      return { code: "ApiUnreachable", why };
  }
}

function listing(kind: KindName): Permission {
  return { verb: "list", group: groupOf(kind), resource: KINDS[kind].plural };
}

function resourceName(kind: KindName): string {
  const group = groupOf(kind);
  return group === "" ? KINDS[kind].plural : `${KINDS[kind].plural}.${group}`;
}

function groupOf(kind: KindName): string {
  const { apiVersion } = KINDS[kind];
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}
