import { aPool, aService, type Row, referenceTable, type Step } from "./table.ts";

const ALL = aPool("all", ["192.0.2.0/30"]);
const WEB = { matchLabels: { team: "web" } };
const own = (...serviceSelectors: object[]): Step =>
  aPool("own", ["198.51.100.0/31"], { serviceAllocation: { serviceSelectors } });
const A = aService("a", {}, {}, { team: "web" });
const FROM_ALL = { a: ["192.0.2.0"] };
const FROM_OWN = { a: ["198.51.100.0"] };

const faulty = (says: string, expression: object): Row => ({
  id: "E-144",
  says: `a selector ${says} is refused with its pool`,
  steps: [ALL, own({ matchExpressions: [expression] }), A],
  holds: FROM_ALL,
  pools: { own: "InvalidObject" },
});

referenceTable("reference 2.9.3: selectors of a pool", [
  faulty("without a key", { operator: "Exists" }),
  faulty("without an operator", { key: "team" }),
  faulty("of an unknown operator", { key: "team", operator: "Like", values: ["web"] }),
  {
    id: "E-145",
    says: "a value that a selector names twice is one",
    steps: [ALL, own({ matchExpressions: [{ key: "team", operator: "In", values: ["web", "web"] }] }), A],
    holds: FROM_OWN,
    metallb: "refuses the pool",
  },
  {
    id: "E-175",
    says: "a selector that is there twice is one",
    steps: [ALL, own(WEB, WEB), A],
    holds: FROM_OWN,
    metallb: "refuses the pool",
  },
]);
