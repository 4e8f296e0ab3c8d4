import { expect } from "chai";
import { aPool, aService, noPool, noService, referenceTable } from "../reference/table.ts";
import { at } from "./steps.ts";

const LAN = aPool("lan", ["192.0.2.0/31"], { coolDownSeconds: 600 });

referenceTable("an address that cools down", [
  {
    id: "others first",
    says: "is not given out while another is free",
    steps: [LAN, aService("a"), noService("a"), aService("b")],
    holds: { b: ["192.0.2.1"] },
    counts: { lan: { assignedIPv4: 1, availableIPv4: 1 } },
    also: ({ records }) => expect(records).to.deep.equal({ "192.0.2.0": "(a)", "192.0.2.1": "b" }),
  },
  {
    id: "oldest first",
    says: "is given out when no other is free, the one that was given up first before the other",
    steps: [
      LAN,
      aService("a"),
      aService("b"),
      noService("b"),
      at("00:00:10"),
      noService("a"),
      aService("c"),
      aService("d"),
    ],
    holds: { c: ["192.0.2.1"], d: ["192.0.2.0"] },
  },
  {
    id: "same name",
    says: "goes back to a Service of the name that gave it up",
    steps: [LAN, aService("a"), aService("b"), noService("a"), noService("b"), aService("b")],
    holds: { b: ["192.0.2.1"] },
  },
  {
    id: "asked for",
    says: "is given to who asks for it",
    steps: [LAN, aService("a"), noService("a"), aService("b", { loadBalancerIPs: "192.0.2.0" })],
    holds: { b: ["192.0.2.0"] },
    also: ({ records }) => expect(records).to.deep.equal({ "192.0.2.0": "b" }),
  },
  {
    id: "not yet",
    says: "has not cooled down a second too early",
    steps: [LAN, aService("a"), noService("a"), at("00:09:59")],
    holds: {},
    also: ({ records }) => expect(records).to.deep.equal({ "192.0.2.0": "(a)" }),
  },
  {
    id: "over",
    says: "is free when its time is over",
    steps: [LAN, aService("a"), noService("a"), at("00:10:00")],
    holds: {},
    also: ({ records }) => expect(records).to.deep.equal({}),
  },
  {
    id: "no pool",
    says: "is free when no pool has it any more",
    steps: [LAN, aService("a"), noService("a"), noPool("lan")],
    holds: {},
    also: ({ records }) => expect(records).to.deep.equal({}),
  },
  {
    id: "type",
    says: "is one that a Service gave up by its type, too",
    steps: [LAN, aService("a"), aService("a", {}, { type: "ClusterIP" }), aService("b"), aService("a")],
    holds: { a: ["192.0.2.0"], b: ["192.0.2.1"] },
  },
]);
