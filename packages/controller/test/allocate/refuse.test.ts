import { ANNOTATIONS } from "@fairlead/kube";
import { pool } from "@fairlead/kube/testing";
import { expect } from "chai";
import { aClaim, aNode } from "../beyond/steps.ts";
import { Run, type Step } from "../reference/table.ts";
import { record } from "../world.ts";

const { loadBalancerIPs } = ANNOTATIONS;

/** Who keeps an address from all others, and why. */
interface Row {
  readonly says: string;
  readonly given: Step;
  readonly address: string;
  readonly reason: string;
  readonly message: string;
}

const asking = (address: string) => ({ annotations: { [loadBalancerIPs]: address } });

const ROWS: readonly Row[] = [
  {
    says: "a Service has it",
    given: (world) => void world.service("a", {}, asking("192.0.2.1")),
    address: "192.0.2.1",
    reason: "AddressTaken",
    message: "The requested address 192.0.2.1 is held by Service default/a",
  },
  {
    says: "an IPClaim reserves it",
    given: aClaim("c", { serviceName: "later", addresses: ["192.0.2.1"] }),
    address: "192.0.2.1",
    reason: "AddressTaken",
    message: "The requested address 192.0.2.1 is held by IPClaim default/c",
  },
  {
    says: "its record cannot be read",
    given: (world) =>
      void world.cluster.apply({ ...record("192.0.2.1", "a", "u"), spec: { address: "192.0.2.1", pool: 5 } }),
    address: "192.0.2.1",
    reason: "AddressTaken",
    message: "The requested address 192.0.2.1 is held by an IPAllocation that cannot be read",
  },
  {
    says: "a node has it",
    given: aNode("n1", ["192.0.2.2"]),
    address: "192.0.2.2",
    reason: "AddressUnusable",
    message: "The requested address 192.0.2.2 is an address of Node n1: it is never given out",
  },
  {
    says: "it is in no pool",
    given: () => {},
    address: "198.51.100.1",
    reason: "AddressNotInPool",
    message: "The requested address 198.51.100.1 is in no IPAddressPool that is for this Service",
  },
  {
    says: "its pool is for another namespace",
    given: (world) =>
      void world.cluster.apply(
        pool("shop", { addresses: ["203.0.113.0/30"], serviceAllocation: { namespaces: ["shop"] } }),
      ),
    address: "203.0.113.1",
    reason: "AddressNotInPool",
    message: "The requested address 203.0.113.1 is in no IPAddressPool that is for this Service",
  },
  {
    says: "the quota of the namespace is used up",
    given: (world) => {
      world.cluster.apply(pool("few", { addresses: ["203.0.113.4/30"], namespaceQuota: 1 }));
      world.service("a", {}, asking("203.0.113.4"));
    },
    address: "203.0.113.5",
    reason: "QuotaExceeded",
    message:
      "Namespace default has as many addresses as spec.namespaceQuota lets it have: few: quota of the namespace is used up. Raise the quota, or delete Services or IPClaims of the namespace that no longer need theirs",
  },
];

describe("a certain address is refused when", () => {
  for (const { says, given, address, reason, message } of ROWS) {
    it(`${says}: to a Service and to an IPClaim alike`, async () => {
      const run = new Run({});
      const { world, replica } = run;
      world.pool("lan", "192.0.2.0/30");
      await given(world, run);
      await replica.settle();
      world.service("web", {}, asking(address));
      await aClaim("reserve", { serviceName: "nobody", addresses: [address] })(world, run);
      await replica.settle();
      expect(world.condition("web")).to.deep.include({ status: "False", reason, message });
      const claim = world.cluster.get({ kind: "IPClaim", namespace: "default", name: "reserve" });
      const status = claim?.status as { readonly conditions: readonly object[] } | undefined;
      expect(status?.conditions[0]).to.deep.include({ status: "False", reason, message });
    });
  }
});
