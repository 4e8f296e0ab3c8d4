import { fileURLToPath } from "node:url";
import { API_GROUP, CUSTOM_RESOURCES } from "@fairlead/kube";
import type { Permission } from "@fairlead/model";
import type { ApiClient, Cluster } from "@fairlead/testing";
import { expect } from "chai";
import { controllerPermissions } from "../../packages/controller/src/permissions.ts";
import { SPEAKER_PERMISSIONS } from "../../packages/speaker/src/permissions.ts";
import { sharedCluster } from "./shared-cluster.ts";

const CONFIG = fileURLToPath(new URL("../../config", import.meta.url));

interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

const access = (group: string, resource: string, verbs: string, more: Partial<Access> = {}): Access[] =>
  verbs.split(" ").map((verb) => ({ verb, group, resource, ...more }));

// An access review names a subresource apart.
function accessOf({ resource, ...rest }: Permission): Access {
  const [plural = "", subresource] = resource.split("/");
  return { ...rest, resource: plural, ...(subresource !== undefined && { subresource }) };
}

const lease = { namespace: "fairlead-system", name: "fairlead-controller" };

const CONTROLLER_MAY = controllerPermissions("fairlead-system").map(accessOf);
const CONTROLLER_MAY_NOT: Access[] = [
  ...access("", "secrets", "get list"),
  ...access("", "pods", "get list create"),
  ...access("", "services", "update patch delete"),
  ...access("", "nodes", "get patch"),
  ...access(API_GROUP, "ipclaims", "create update delete"),
  ...access(API_GROUP, "ipaddresspools", "create update patch delete"),
  ...access(API_GROUP, "ipallocations", "patch"),
  ...access("coordination.k8s.io", "leases", "get update", { ...lease, name: "another" }),
  ...access("coordination.k8s.io", "leases", "create get update", { ...lease, namespace: "kube-system" }),
];
const SPEAKER_MAY = SPEAKER_PERMISSIONS.map(accessOf);
const SPEAKER_MAY_NOT: Access[] = [
  ...access("", "secrets", "get list"),
  ...access("", "pods", "get list create"),
  ...access("", "services", "patch", { subresource: "status" }),
  ...access("", "nodes", "patch"),
  ...access(API_GROUP, "ipallocations", "create update patch delete"),
  ...access(API_GROUP, "ipaddresspools", "patch", { subresource: "status" }),
  ...access("coordination.k8s.io", "leases", "create get update", lease),
];

/** Those of `wanted` that the API server, asked by the ServiceAccount itself, would allow. */
async function allowed(api: ApiClient, wanted: readonly Access[]): Promise<Access[]> {
  const kind = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };
  const answers = await Promise.all(
    wanted.map(async (resourceAttributes) => {
      const review = { ...kind, spec: { resourceAttributes } };
      const answer = await api.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review);
      return (answer as { status: { allowed: boolean } }).status.allowed;
    }),
  );
  return wanted.filter((_, index) => answers[index] === true);
}

describe("the installation", () => {
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
    await cluster.controlPlane.kubectl("apply", "--server-side", "-k", CONFIG);
    const names = CUSTOM_RESOURCES.map(({ plural }) => `crd/${plural}.${API_GROUP}`);
    await cluster.controlPlane.kubectl("wait", "--for=condition=Established", "--timeout=30s", ...names);
  });

  it("is accepted whole under strict validation", async () => {
    const { controlPlane } = cluster;
    await controlPlane.kubectl("apply", "--server-side", "--dry-run=server", "--validate=strict", "-k", CONFIG);
    await controlPlane.kubectl(
      "apply",
      "--server-side",
      "--dry-run=server",
      "--validate=strict",
      "-f",
      `${CONFIG}/crd`,
    );
    await controlPlane.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", `${CONFIG}/samples`);
  });

  it("has a clean-up that is accepted whole under strict validation, needs nothing of it, and goes whole", async () => {
    const { controlPlane } = cluster;
    const applied = await controlPlane.kubectl(
      "apply",
      "--server-side",
      "--validate=strict",
      "-k",
      `${CONFIG}/cleanup`,
    );
    expect(applied).to.contain("daemonset.apps/fairlead-cleanup serverside-applied");
    const deleted = await controlPlane.kubectl("delete", "-k", `${CONFIG}/cleanup`, "--wait=false");
    expect(deleted).to.contain('namespace "fairlead-cleanup" deleted');
  });

  for (const [name, may, mayNot] of [
    ["fairlead-controller", CONTROLLER_MAY, CONTROLLER_MAY_NOT],
    ["fairlead-speaker", SPEAKER_MAY, SPEAKER_MAY_NOT],
  ] as const) {
    it(`lets ${name} do what it must, and nothing beside it`, async () => {
      const api = await cluster.controlPlane.apiAs("fairlead-system", name);
      expect(await allowed(api, may)).to.deep.equal(may);
      expect(await allowed(api, mayNot)).to.deep.equal([]);
    });
  }

  describe("under Pod Security admission", () => {
    /** What the API server says to a pod made from a workload's template: "accepted", or why not. */
    async function admission(workload: string, namespace: string): Promise<string> {
      const { api } = cluster.controlPlane;
      const object = (await api.get(`/apis/apps/v1/namespaces/fairlead-system/${workload}`)) as {
        spec: { template: { metadata: object; spec: object } };
      };
      const { metadata, spec } = object.spec.template;
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name: "admission" }, spec };
      return api.post(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod).then(
        () => "accepted",
        (error: Error) => error.message,
      );
    }

    before(async () => {
      for (const level of ["restricted", "baseline"]) {
        const labels = { "pod-security.kubernetes.io/enforce": level };
        const metadata = { name: `level-${level}`, labels };
        await cluster.controlPlane.api.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
      }
    });
    after(async () => {
      await cluster.controlPlane.kubectl("delete", "namespace", "level-restricted", "level-baseline", "--wait=false");
    });

    it("the controller fits the level restricted", async () => {
      expect(await admission("deployments/fairlead-controller", "level-restricted")).to.equal("accepted");
    });

    it("the speaker is admitted in its namespace, and needs no more than the host's network and two capabilities", async () => {
      expect(await admission("daemonsets/fairlead-speaker", "fairlead-system")).to.equal("accepted");
      const refusal = await admission("daemonsets/fairlead-speaker", "level-baseline");
      const reasons = refusal
        .replaceAll(/ \(.*?\)(?=,|$)/g, "")
        .split(": ")
        .at(-1);
      expect(reasons).to.equal("non-default capabilities, host namespaces, hostPort");
    });
  });
});
