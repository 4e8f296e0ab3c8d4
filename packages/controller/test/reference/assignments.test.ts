import { aPool, aService, type Row, referenceTable, V6 } from "./table.ts";

const LAN = aPool("lan", ["192.0.2.0/31", "2001:db8::/127"]);
const port = (number: number, protocol = "TCP") => ({ ports: [{ name: "p", protocol, port: number }] });

/** Rows that say the same of both families: E-019 repeats for IPv6 those before it. */
function ofFamily(kind: string, spec: object, first: string, second: string): Row[] {
  const id = (own: string) => (kind === "IPv6" ? `E-019, ${own}` : own);
  const key = (allowSharedIP: string) => ({ allowSharedIP, loadBalancerIPs: first });
  const a = aService("a", key("sharing"), { ...spec, ...port(80) });
  const asks = (name: string, loadBalancerIPs: string) => aService(name, { loadBalancerIPs }, spec);
  const local = { externalTrafficPolicy: "Local", selector: { app: "x" } };
  return [
    {
      id: id("E-004"),
      says: `each of two gets the address that it asks for, ${kind}`,
      steps: [LAN, asks("a", second), asks("b", first)],
      holds: { a: [second], b: [first] },
    },
    {
      id: id("E-005"),
      says: `who asks for another's address keeps its own, and is told whose it is, ${kind}`,
      steps: [LAN, asks("a", first), asks("b", second), asks("a", second)],
      holds: { a: [first], b: [second] },
      reasons: { a: "AddressTaken" },
      messages: { a: "is held by Service default/b" },
    },
    {
      id: id("E-010, E-014"),
      says: `who is alone may change its key, and another then shares by it, ${kind}`,
      steps: [
        LAN,
        a,
        aService("a", key("share"), { ...spec, ...port(80) }),
        aService("b", key("share"), { ...spec, ...port(443) }),
      ],
      holds: { a: [first], b: [first] },
      reasons: { b: "Allocated" },
    },
    {
      id: id("E-012"),
      says: `who has another key does not share, ${kind}`,
      steps: [LAN, a, aService("b", key("other"), { ...spec, ...port(443) })],
      holds: { a: [first], b: [] },
      reasons: { b: "SharingRefused" },
    },
    {
      id: id("E-015"),
      says: `who shares may change its ports, ${kind}`,
      steps: [
        LAN,
        a,
        aService("b", key("sharing"), { ...spec, ...port(443) }),
        aService("b", key("sharing"), { ...spec, ...port(53, "UDP") }),
      ],
      holds: { a: [first], b: [first] },
      reasons: { a: "Allocated", b: "Allocated" },
    },
    {
      id: id("E-017"),
      says: `who changes its backend while another shares keeps the address, and is told, ${kind}`,
      steps: [
        LAN,
        a,
        aService("b", key("sharing"), { ...spec, ...port(443) }),
        aService("b", key("sharing"), { ...spec, ...port(443), ...local }),
      ],
      holds: { a: [first], b: [first] },
      reasons: { a: "Allocated", b: "SharingRefused" },
      metallb: "takes it away",
    },
  ];
}

const WEB = { serviceSelectors: [{ matchLabels: { team: "web" } }] };
const asked = (name: string, team: string) => aService(name, { loadBalancerIPs: "192.0.2.0" }, {}, { team });

referenceTable("reference 2.9.1: addresses that are asked for", [
  ...ofFamily("IPv4", {}, "192.0.2.0", "192.0.2.1"),
  ...ofFamily("IPv6", V6, "2001:db8::", "2001:db8::1"),
  {
    id: "E-022",
    says: "one of a pool for a namespace is given within it",
    steps: [aPool("own", ["192.0.2.0/31"], { serviceAllocation: { namespaces: ["default"] } }), asked("a", "db")],
    holds: { a: ["192.0.2.0"] },
  },
  {
    id: "E-024",
    says: "one of a pool for a label is given to who has it, in any namespace",
    steps: [
      aPool("own", ["192.0.2.0/31"], { serviceAllocation: WEB }),
      (world) =>
        void world.service(
          "a",
          {},
          {
            namespace: "shop",
            labels: { team: "web" },
            annotations: { "fairlead.dev/loadBalancerIPs": "192.0.2.1" },
          },
        ),
      asked("b", "web"),
    ],
    holds: { a: ["192.0.2.1"], b: ["192.0.2.0"] },
  },
  {
    id: "E-025",
    says: "one of a pool for a label is refused to who has another",
    steps: [aPool("own", ["192.0.2.0/31"], { serviceAllocation: WEB }), asked("a", "db")],
    holds: { a: [] },
    reasons: { a: "AddressNotInPool" },
  },
  {
    id: "E-027",
    says: "one of a pool for both is refused to who has the namespace alone",
    steps: [
      aPool("own", ["192.0.2.0/31"], { serviceAllocation: { ...WEB, priority: 20, namespaces: ["default"] } }),
      asked("a", "db"),
    ],
    holds: { a: [] },
    reasons: { a: "AddressNotInPool" },
  },
]);
