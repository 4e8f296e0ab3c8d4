import { type Cluster, until } from "@fairlead/testing";
import { expect } from "chai";
import fc from "fast-check";
import type { Product } from "./product.ts";
import { type Condition, poolManifest, type Scene, say, serviceManifest, timed } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const GROUP = "/apis/fairlead.dev/v1beta1";
const CASES = 54;
const SEED = 20_261;

/** A field of a valid object, and what is put there in place of what is right. */
interface Fault {
  readonly path: string;
  readonly kind: "IPAddressPool" | "Service" | "IPClaim" | "IPAllocation";
  readonly field: readonly string[];
  readonly values: readonly unknown[];
}

const RANGES = [
  "",
  "10.0.0.1",
  "10.0.0.0/33",
  "10.0.0.9-10.0.0.1",
  "fd00::/129",
  "a-b",
  "10.0.0.1-fd00::1",
  "10.0.0.0/8/8",
];
const FAULTS: readonly Fault[] = [
  { ...pool(["spec", "addresses"]), values: [[], "10.0.0.0/24", ...RANGES.map((range) => [range]), undefined] },
  { ...pool(["spec", "exclude"]), values: RANGES.map((range) => [range]) },
  { ...pool(["spec", "namespaceQuota"]), values: [0, -1, "two", 1.5] },
  { ...pool(["spec", "coolDownSeconds"]), values: [-1, "1h", 1e12] },
  {
    ...pool(["spec", "serviceAllocation"]),
    values: [{ priority: -1 }, { namespaces: "shop" }, { serviceSelectors: {} }],
  },
  { ...pool(["spec", "size"]), values: [7] },
  {
    ...service("fairlead.dev/loadBalancerIPs"),
    values: ["", "10", "10.0.0.1,", "10.0.0.1,10.0.0.2", "fd00::1", "a,b"],
  },
  { ...service("fairlead.dev/address-pool"), values: ["", "none", ",", "LAN"] },
  { ...service("fairlead.dev/addresses"), values: ["0", "9", "-1", "many", ""] },
  { ...service("fairlead.dev/loadbalancerips"), values: ["10.0.0.1"] },
  { ...claim(["spec"]), values: [{}, { serviceName: "a", serviceSelector: {} }, { serviceName: "" }, { name: "a" }] },
  {
    ...claim(["spec", "addresses"]),
    values: [["10.0.0.300"], [], ["10.0.0.1", "10.0.0.2"], "10.0.0.1", ["203.0.113.1"]],
  },
  { ...claim(["spec", "ipFamilies"]), values: [["IPv5"], [], "IPv4"] },
  { ...claim(["spec", "ipAddressPools"]), values: [["none"], [""], "lan"] },
  { ...allocation(["spec", "address"]), values: ["10.0.0.300", "", "10.77.0.99"] },
  { ...allocation(["spec", "serviceRef"]), values: [{}, "web", { name: "web" }] },
];

describe(`${CASES} malformed pools, Services, claims and records (seed ${SEED})`, () => {
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  after(async () => {
    const { api } = cluster.controlPlane;
    await api.delete(`${GROUP}/namespaces/default/ipclaims`);
    await api.delete(`${GROUP}/ipallocations`);
    await scene.clear();
  });
  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  before(async () => {
    await scene.addPool("10.77.0.0/24");
    await scene.addService("before");
    await scene.address("before");
  });

  it("each get a reason, and stop nothing else", async () => {
    const fault = fc
      .constantFrom(...FAULTS)
      .chain((one) => fc.constantFrom(...one.values).map((value) => ({ one, value })));
    const said = new Map<string, number>();
    const silent: string[] = [];
    for (const [i, { one, value }] of fc.sample(fault, { numRuns: CASES, seed: SEED }).entries()) {
      const reason = await reasonOf(`bad-${i}`, one, value);
      if (reason === undefined) silent.push(`${one.kind} ${one.field.join(".")} = ${JSON.stringify(value)}`);
      said.set(reason ?? "none", (said.get(reason ?? "none") ?? 0) + 1);
    }
    say([...said].map(([reason, times]) => `${times} ${reason}`).join(", "));
    expect(silent).to.deep.equal([]);
    await scene.addService("after");
    const millis = await timed(() => scene.address("after"));
    say(`a good Service beside them has its address after ${millis} ms`);
    expect(await scene.allocations()).to.include(await scene.address("before"));
    for (const daemon of product.controllers) daemon.assertRunning();
  });

  /** The reason that the API server or a condition gives for an object with this fault; undefined if there is none. */
  async function reasonOf(name: string, { kind, path, field }: Fault, value: unknown): Promise<string | undefined> {
    const { api } = cluster.controlPlane;
    const object = valid(kind, name);
    let at = object as Record<string, unknown>;
    for (const part of field.slice(0, -1)) at = at[part] as Record<string, unknown>;
    at[field.at(-1) ?? ""] = value;
    const refusal = await api.post(`${path}?fieldValidation=Strict`, object).then(
      () => undefined,
      (error: Error) => error,
    );
    if (refusal !== undefined) {
      expect(refusal.message, "the API server says why").to.match(/\b(400|422)\b.*\w/s);
      return "refused by the API server";
    }
    // A record that is wrong has no conditions: what it claims is given to nobody, and the log says so.
    if (kind === "IPAllocation") return inLog(name, String((object as { metadata: { name: string } }).metadata.name));
    return until(
      `${kind} ${name} has a reason`,
      async () => {
        const held = (await api.get(`${path}/${name}`)) as { status?: { conditions?: Condition[] } };
        const bad = held.status?.conditions?.find(({ status }) => status === "False")?.reason;
        if (bad !== undefined || kind !== "Service") return bad;
        const events = await scene.events("Service", name);
        return events.find(({ type }) => type === "Warning")?.reason;
      },
      { withinMillis: 10_000 },
    ).catch(() => undefined);
  }

  async function inLog(name: string, object: string): Promise<string | undefined> {
    const seen = () => product.controllers[0]?.output().includes(`"object":"IPAllocation/${object}"`);
    return until(`${name} is named in the log`, () => seen() && "named in the log").catch(() => undefined);
  }
});

function pool(field: readonly string[]) {
  return { kind: "IPAddressPool", path: `${GROUP}/ipaddresspools`, field } as const;
}

function service(annotation: string) {
  const field = ["metadata", "annotations", annotation];
  return { kind: "Service", path: "/api/v1/namespaces/default/services", field } as const;
}

function claim(field: readonly string[]) {
  return { kind: "IPClaim", path: `${GROUP}/namespaces/default/ipclaims`, field } as const;
}

function allocation(field: readonly string[]) {
  return { kind: "IPAllocation", path: `${GROUP}/ipallocations`, field } as const;
}

/** A valid object, with an address of its own. */
function valid(kind: Fault["kind"], name: string): object {
  const octet = name.slice("bad-".length);
  switch (kind) {
    case "IPAddressPool":
      return poolManifest(name, `10.88.${octet}.0/24`);
    case "Service":
      return serviceManifest(name);
    case "IPClaim":
      return { apiVersion: "fairlead.dev/v1beta1", kind, metadata: { name }, spec: { serviceName: name } };
    case "IPAllocation": {
      const address = `10.99.0.${octet}`;
      const spec = { address, pool: "lan", serviceRef: { namespace: "default", name, uid: name } };
      return { apiVersion: "fairlead.dev/v1beta1", kind, metadata: { name: address }, spec };
    }
  }
}
