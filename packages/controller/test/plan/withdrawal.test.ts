import type { Allocation, Service } from "@fairlead/model";
import { expect } from "chai";
import { withdrawal } from "../../src/plan/withdrawal.ts";
import type { Snapshot } from "../../src/view/snapshot.ts";

const NOW = Date.parse("2026-06-01T00:01:00Z");
const A = "192.0.2.1";
const at = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const says = (node: string, addresses: readonly string[], seen?: string) => ({
  node,
  answers: new Set(addresses),
  seen: seen ?? at(0),
});
const ALONE = ["a"];

describe("the withdrawal of a Service", () => {
  for (const { what, since = at(5), speakers = [], holders = ALONE, waitMillis, nodes = [] } of [
    { what: "waits for a moment though nobody answers", since: at(1), waitMillis: 1_500 },
    { what: "is over when that moment is", since: at(2.5), waitMillis: 0 },
    { what: "waits for a node that answers", speakers: [says("n1", [A])], waitMillis: 5_000, nodes: ["n1"] },
    {
      what: "waits for no longer than that",
      since: at(10),
      speakers: [says("n2", [A]), says("n1", [A]), says("n3", [])],
      waitMillis: 0,
      nodes: ["n1", "n2"],
    },
    { what: "does not wait for nodes that answer for others", speakers: [says("n1", ["192.0.2.2"])], waitMillis: 0 },
    { what: "waits for a speaker that beats", speakers: [says("n1", [A], at(89))], waitMillis: 5_000, nodes: ["n1"] },
    { what: "does not wait for a speaker that is silent", speakers: [says("n1", [A], at(91))], waitMillis: 0 },
    {
      what: "waits for a speaker that says nothing of when",
      speakers: [{ node: "n1", answers: new Set([A]), seen: undefined }],
      waitMillis: 5_000,
      nodes: ["n1"],
    },
    {
      what: "is over if nobody knows since when it lasts",
      since: "nonsense",
      speakers: [says("n1", [A])],
      nodes: ["n1"],
    },
    { what: "is over if it began far in the future", since: at(-60), speakers: [says("n1", [A])], nodes: ["n1"] },
    { what: "has patience with a clock that is ahead", since: at(-1), waitMillis: 1_500 },
    {
      what: "does not wait for what another has too",
      since: at(0),
      speakers: [says("n1", [A])],
      holders: ["a", "served"],
    },
    {
      what: "waits for what goes from the other too",
      speakers: [says("n1", [A])],
      holders: ["a", "ending"],
      waitMillis: 5_000,
      nodes: ["n1"],
    },
    {
      what: "waits for what a Service had that is gone",
      speakers: [says("n1", [A])],
      holders: ["a", "gone"],
      waitMillis: 5_000,
      nodes: ["n1"],
    },
  ]) {
    it(what, () => {
      const others = new Map([
        ["served", { wantsLoadBalancer: true }],
        ["ending", { wantsLoadBalancer: false }],
      ]);
      const snapshot = {
        now: NOW,
        speakers,
        classes: { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true },
        serviceOf: ({ uid }: { uid: string }) => others.get(uid),
      } as unknown as Snapshot;
      const allocated = { status: "False", reason: "Withdrawing", message: "", since };
      const record = { address: A, holders: holders.map((uid) => ({ uid })) } as unknown as Allocation;
      const service = { uid: "a", allocated } as Service;
      expect(withdrawal(service, [record], snapshot)).to.deep.equal({ waitMillis: waitMillis ?? 0, nodes });
    });
  }
});
