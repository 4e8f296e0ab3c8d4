import { expect } from "chai";
import { atOnce, whileDown } from "../reference/steps.ts";
import { aPool, aService, DUAL, noPool, noService, REQUIRE, referenceTable, V6 } from "../reference/table.ts";
import type { World } from "../world.ts";
import { aClaim, noClaim, noRecord } from "./steps.ts";

const LAN = aPool("lan", ["192.0.2.0/30", "2001:db8::/126"]);
const FOR_WEB = { serviceName: "web" };
const records =
  (expected: Readonly<Record<string, string>>) =>
  ({ records }: World) =>
    void expect(records).to.deep.equal(expected);
const claimStatus = (name: string, addresses: readonly string[], reason: string) => (world: World) => {
  const found = world.cluster.get({ kind: "IPClaim", namespace: "default", name });
  const status = found?.status as { addresses: string[]; conditions: { reason: string; message: string }[] };
  expect(status.addresses).to.deep.equal(addresses);
  expect(status.conditions[0]?.reason).to.equal(reason);
};

referenceTable("an IPClaim", [
  {
    id: "before",
    says: "keeps an address from all but its Service",
    steps: [LAN, aClaim("c", FOR_WEB), aService("other"), aService("web")],
    holds: { other: ["192.0.2.1"], web: ["192.0.2.0"] },
    also: records({ "192.0.2.0": "web for c", "192.0.2.1": "other" }),
  },
  {
    id: "at once",
    says: "comes before the Service that was made with it",
    steps: [LAN, atOnce(aService("other"), aService("web"), aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.3"] }))],
    holds: { other: ["192.0.2.0"], web: ["192.0.2.3"] },
  },
  {
    id: "after",
    says: "keeps the address when its Service is deleted, and gives it to the next of that name",
    steps: [LAN, aClaim("c", FOR_WEB), aService("web"), noService("web"), aService("other"), aService("web")],
    holds: { other: ["192.0.2.1"], web: ["192.0.2.0"] },
  },
  {
    id: "on",
    says: "keeps what its Service has already",
    steps: [LAN, aService("first"), aService("web"), aClaim("c", FOR_WEB), noService("web"), aService("other")],
    holds: { first: ["192.0.2.0"], other: ["192.0.2.2"] },
    also: (world) => {
      records({ "192.0.2.0": "first", "192.0.2.1": "for c", "192.0.2.2": "other" })(world);
      claimStatus("c", ["192.0.2.1"], "Reserved")(world);
    },
  },
  {
    id: "elsewhere",
    says: "comes before the pools that its Service asks for, and which of two it got stays",
    steps: [
      LAN,
      aPool("other", ["198.51.100.0/30"]),
      aClaim("c", FOR_WEB),
      aClaim("d", FOR_WEB),
      aService("web", { addressPool: "other" }),
    ],
    holds: { web: ["192.0.2.0"] },
    also: records({ "192.0.2.0": "web for c", "192.0.2.1": "for d" }),
  },
  {
    id: "reallocate",
    says: "does not draw its Service from one address without a pool to another",
    steps: [
      LAN,
      aClaim("c", FOR_WEB),
      aClaim("d", FOR_WEB),
      aService("web"),
      noPool("lan"),
      aService("web", { reallocate: "true" }),
    ],
    holds: { web: ["192.0.2.0"] },
  },
  {
    id: "end",
    says: "that is deleted takes nothing from its Service, and frees what nobody holds",
    steps: [
      LAN,
      aClaim("c", FOR_WEB),
      aClaim("d", { serviceName: "none" }),
      aService("web"),
      noClaim("c"),
      noClaim("d"),
      aService("other"),
    ],
    holds: { web: ["192.0.2.0"], other: ["192.0.2.1"] },
    also: records({ "192.0.2.0": "web", "192.0.2.1": "other" }),
  },
  {
    id: "labels",
    says: "for Services by label gives its address to the first that needs one",
    steps: [
      LAN,
      aClaim("c", { serviceSelector: { matchLabels: { app: "web" } }, addresses: ["192.0.2.3"] }),
      aService("other"),
      aService("one", {}, {}, { app: "web" }),
      aService("two", {}, {}, { app: "web" }),
    ],
    holds: { other: ["192.0.2.0"], one: ["192.0.2.3"], two: ["192.0.2.1"] },
  },
  {
    id: "families",
    says: "keeps one of each family that it names",
    steps: [
      LAN,
      aClaim("c", { ...FOR_WEB, ipFamilies: ["IPv6", "IPv4"] }),
      aService("other", {}, V6),
      aService("web", {}, REQUIRE),
    ],
    holds: { other: ["2001:db8::1"], web: ["192.0.2.0", "2001:db8::"] },
    also: claimStatus("c", ["192.0.2.0", "2001:db8::"], "Reserved"),
  },
  {
    id: "part",
    says: "of one family leaves the other to the pools",
    steps: [LAN, aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.3"] }), aService("web", {}, DUAL)],
    holds: { web: ["192.0.2.3", "2001:db8::"] },
  },
  {
    id: "pools",
    says: "takes from the pools that it names, in their order",
    steps: [
      LAN,
      aPool("wan", ["198.51.100.0/31"], { autoAssign: false }),
      aClaim("c", { serviceName: "x", ipAddressPools: ["none", "wan", "lan"] }),
    ],
    holds: {},
    also: claimStatus("c", ["198.51.100.0"], "Reserved"),
  },
  {
    id: "taken",
    says: "for an address that another Service holds is refused, and gets it when that is free",
    steps: [LAN, aService("other"), aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.0"] })],
    holds: { other: ["192.0.2.0"] },
    also: claimStatus("c", [], "AddressTaken"),
  },
  {
    id: "freed",
    says: "gets the address that it waits for when its holder is deleted",
    steps: [
      LAN,
      aService("other"),
      aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.0"] }),
      noService("other"),
      aService("web"),
    ],
    holds: { web: ["192.0.2.0"] },
    also: claimStatus("c", ["192.0.2.0"], "Reserved"),
  },
  {
    id: "two",
    says: "of two that want one address the older has it",
    steps: [
      LAN,
      aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.0"] }),
      aClaim("d", { serviceName: "x", addresses: ["192.0.2.0"] }),
    ],
    holds: {},
    also: claimStatus("d", [], "AddressTaken"),
  },
  {
    id: "outside",
    says: "for an address in no pool is refused",
    steps: [LAN, aClaim("c", { ...FOR_WEB, addresses: ["203.0.113.1"] })],
    holds: {},
    also: claimStatus("c", [], "AddressNotInPool"),
  },
  {
    id: "full",
    says: "on a full pool is refused, and served before Services when there is room",
    steps: [
      aPool("lan", ["192.0.2.0/32"]),
      aService("other"),
      atOnce(aService("waits"), aClaim("c", FOR_WEB)),
      aPool("lan", ["192.0.2.0/31"]),
    ],
    holds: { other: ["192.0.2.0"], waits: [] },
    reasons: { waits: "PoolFull" },
    also: claimStatus("c", ["192.0.2.1"], "Reserved"),
  },
  {
    id: "asked",
    says: "is named to a Service that asks for its address",
    steps: [LAN, aClaim("c", FOR_WEB), aService("other", { loadBalancerIPs: "192.0.2.0" })],
    holds: { other: [] },
    reasons: { other: "AddressTaken" },
    messages: { other: "IPClaim default/c" },
  },
  {
    id: "own",
    says: "does not stop its own Service from asking for the address",
    steps: [
      LAN,
      aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.2"] }),
      aService("web", { loadBalancerIPs: "192.0.2.2" }),
    ],
    holds: { web: ["192.0.2.2"] },
  },
  {
    id: "share",
    says: "keeps others from sharing its address",
    steps: [
      LAN,
      aClaim("c", FOR_WEB),
      aService("web", { allowSharedIP: "k" }),
      aService("other", { allowSharedIP: "k" }, { ports: [{ name: "p", protocol: "TCP", port: 81 }] }),
    ],
    holds: { web: ["192.0.2.0"], other: ["192.0.2.1"] },
  },
  {
    id: "lost",
    says: "whose record was lost reserves the same address again",
    steps: [
      LAN,
      aClaim("b", { serviceName: "x" }),
      aClaim("c", FOR_WEB),
      whileDown(noRecord("192.0.2.0"), noRecord("192.0.2.1")),
    ],
    holds: {},
    also: (world) => {
      claimStatus("b", ["192.0.2.0"], "Reserved")(world);
      claimStatus("c", ["192.0.2.1"], "Reserved")(world);
    },
  },
  {
    id: "edited",
    says: "that claims another address gives the one up that it had",
    steps: [
      LAN,
      aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.2"] }),
      aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.3"] }),
    ],
    holds: {},
    also: (world) => {
      records({ "192.0.2.3": "for c" })(world);
      claimStatus("c", ["192.0.2.3"], "Reserved")(world);
    },
  },
  {
    id: "edited in use",
    says: "that claims another address takes nothing from its Service",
    steps: [
      LAN,
      aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.2"] }),
      aService("web"),
      aClaim("c", { ...FOR_WEB, addresses: ["192.0.2.3"] }),
    ],
    holds: { web: ["192.0.2.2"] },
    also: records({ "192.0.2.2": "web", "192.0.2.3": "for c" }),
  },
  {
    id: "broken",
    says: "that cannot be read keeps what it has, and stops nobody",
    steps: [LAN, aClaim("c", FOR_WEB), aClaim("c", { serviceName: 7 }), aService("web")],
    holds: { web: ["192.0.2.1"] },
    also: records({ "192.0.2.0": "for c", "192.0.2.1": "web" }),
  },
]);
