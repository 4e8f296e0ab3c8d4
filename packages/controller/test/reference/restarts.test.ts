import { StoreError } from "@fairlead/kube";
import { expect } from "chai";
import { Replica } from "../world.ts";
import { atOnce, seen, whileDown, written } from "./steps.ts";
import { aPool, aService, noService, REQUIRE, referenceTable, type Step } from "./table.ts";

const LAN = aPool("lan", ["192.0.2.0/30", "2001:db8::/126"]);
const ONE = aPool("lan", ["192.0.2.0/32"]);

/** The records of who holds which address are lost. */
const noRecords: Step = ({ cluster }) => {
  for (const { metadata } of cluster.list("IPAllocation"))
    cluster.delete({ kind: "IPAllocation", name: metadata.name });
};

/** No status of "a" can be written until it has failed `times` times. */
function failing(times: number): Step {
  return (_, { replica }) => {
    let failures = 0;
    replica.store.failBefore = ({ verb, ref }) => {
      if (verb !== "patchStatus" || ref.name !== "a" || failures === times) return undefined;
      failures += 1;
      return new StoreError("Unavailable", "no answer");
    };
  };
}

/** The controller decides and writes once. */
const once: Step = async (_, { replica }) => void (await replica.step());

/** Another controller starts beside the one that runs, and both act at once until neither has anything to do. */
const rival: Step = async ({ cluster }, { replica }) => {
  const other = new Replica(cluster);
  await Promise.all([replica.step(), other.step()]);
  expect(other.log.lines.filter(({ level }) => level === "error")).to.deep.equal([]);
  await replica.settle();
  expect(other.idle).to.equal(true);
};

referenceTable("reference 2.8: restarts, order and retries", [
  {
    id: "A-90",
    says: "what a status has is adopted before anything is given, though an older Service waits",
    steps: [
      ONE,
      aService("x", {}, { type: "ClusterIP" }),
      aService("a"),
      whileDown(noRecords, aService("x"), aService("y")),
    ],
    holds: { x: [], a: ["192.0.2.0"], y: [] },
    reasons: { a: "Allocated", x: "PoolFull" },
  },
  {
    id: "A-90",
    says: "both families of a status are adopted",
    steps: [LAN, aService("a"), aService("b", {}, REQUIRE), whileDown(noService("a"), noRecords, aService("c"))],
    holds: { b: ["192.0.2.1", "2001:db8::"], c: ["192.0.2.0"] },
  },
  {
    id: "A-91",
    says: "of those that compete for the last address the oldest gets it",
    steps: [whileDown(ONE, aService("z"), aService("a"), aService("m"))],
    holds: { z: ["192.0.2.0"], a: [], m: [] },
    metallb: "any of them",
  },
  {
    id: "A-92",
    says: "what fails is done again until it is done",
    steps: [LAN, atOnce(failing(5), aService("a"))],
    holds: { a: ["192.0.2.0"] },
  },
  {
    id: "A-93",
    says: "one Service whose writes fail keeps no other from its address, however new",
    steps: [
      LAN,
      atOnce(
        whileDown(aService("a"), aService("b")),
        failing(5),
        aService("c"),
        once,
        seen({ a: [], b: ["192.0.2.1"], c: ["192.0.2.2"] }),
      ),
    ],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"], c: ["192.0.2.2"] },
    metallb: "passes over what happens to others meanwhile",
  },
  {
    id: "A-95",
    says: "a restart changes no address, and writes nothing",
    steps: [LAN, aService("a"), aService("b", {}, REQUIRE), noService("a"), aService("c"), whileDown()],
    holds: { b: ["192.0.2.1", "2001:db8::"], c: ["192.0.2.0"] },
    silent: true,
  },
  {
    id: "A-95",
    says: "an address whose status was wiped comes back",
    steps: [LAN, aService("b"), aService("a"), noService("b"), whileDown(written("a"))],
    holds: { a: ["192.0.2.1"] },
    metallb: "gives another",
  },
  {
    id: "A-96",
    says: "two controllers at once give no address twice",
    steps: [LAN, atOnce(...["a", "b", "c", "d"].map((name) => aService(name)), rival)],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"], c: ["192.0.2.2"], d: ["192.0.2.3"] },
    metallb: "nothing keeps them from it",
  },
  {
    id: "A-98",
    says: "while no controller runs nobody loses an address, pools may change, and the new wait for its return",
    steps: [
      LAN,
      aService("a"),
      whileDown(aPool("lan", ["192.0.2.2/31"]), aService("b"), seen({ a: ["192.0.2.0"], b: [] })),
    ],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.2"] },
    reasons: { a: "Draining", b: "Allocated" },
    metallb: "its webhooks then refuse every change of a pool",
  },
]);
