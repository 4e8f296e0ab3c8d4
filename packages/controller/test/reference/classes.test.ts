import { atOnce, written } from "./steps.ts";
import { aPool, aService, noService, type Row, referenceTable } from "./table.ts";

const LAN = aPool("lan", ["192.0.2.0/30"]);
const OWN = "fairlead.dev/fairlead";
const OTHER = "example.com/other";
const ALL = { loadBalancerClass: OWN, unclassed: true };
const CLASSED = { loadBalancerClass: OWN, unclassed: false };
const ofClass = (loadBalancerClass?: string) => aService("a", {}, loadBalancerClass ? { loadBalancerClass } : {});

const served = (id: string, says: string, classes: Row["classes"], loadBalancerClass?: string): Row => ({
  id,
  says: `${says} is served`,
  ...(classes && { classes }),
  steps: [LAN, ofClass(loadBalancerClass)],
  holds: { a: ["192.0.2.0"] },
});
const leftAlone = (id: string, says: string, classes: Row["classes"], loadBalancerClass?: string): Row => ({
  ...served(id, says, classes, loadBalancerClass),
  says: `${says} is left alone, without a write`,
  holds: { a: [] },
  silent: true,
});

referenceTable("reference 2.2: which Services are served", [
  served("A-07, A-20", "one of no class, where these are served,", ALL),
  leftAlone("A-21", "one of no class, where these are not served,", CLASSED),
  leftAlone("A-22", "one of another class, where those of none are served,", ALL, OTHER),
  leftAlone("A-23", "one of another class, where those of none are not served,", CLASSED, OTHER),
  served("A-24", "one of the own class, where those of none are not served,", CLASSED, OWN),
  served("A-24", "one of the own class, where those of none are served,", ALL, OWN),
  {
    id: "A-25",
    says: "the status of one of another class is not touched",
    steps: [LAN, atOnce(ofClass(OTHER), written("a", "192.0.2.1"))],
    holds: { a: ["192.0.2.1"] },
    silent: true,
  },
  {
    id: "A-25",
    says: "the deletion of one of another class changes nothing",
    steps: [LAN, atOnce(ofClass(OTHER), written("a", "192.0.2.1")), noService("a")],
    holds: {},
    silent: true,
  },
  {
    id: "A-26",
    says: "one that is of another type from the start is left alone",
    steps: [LAN, aService("a", { loadBalancerIPs: "192.0.2.1" }, { type: "NodePort" })],
    holds: { a: [] },
    silent: true,
  },
  {
    id: "A-26",
    says: "one that loses its class with its type gives its address up, where those of none are not served",
    classes: CLASSED,
    steps: [
      aPool("lan", ["192.0.2.0/32"]),
      ofClass(OWN),
      aService("b", {}, { loadBalancerClass: OWN }),
      aService("a", {}, { type: "ClusterIP" }),
    ],
    holds: { a: [], b: ["192.0.2.0"] },
    reasons: { a: "NotServed" },
    metallb: "keeps it until the controller restarts",
  },
]);
