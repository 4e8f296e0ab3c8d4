// How the product fares for a while on a cluster of kubelets, left alone or disturbed. Run by `make endurance`.
// MINUTES: how long, 30 unless told. ELEMENTS: each minute somebody else loads so many interval elements in one nftables
// transaction, on each node in turn; 0, none, unless told. Prints one JSON line, and ends with status 1 if a probe had a
// container started again, or if without disturbance anything was warned of.
import { randomBytes } from "node:crypto";
import { KubeletCluster, type LabNode, monotonicMillis, startProbe, until } from "@fairlead/testing";
import { say } from "../demo/narration.ts";
import { install, root, serveSamples } from "./installation.ts";

const minutes = Number(process.env.MINUTES ?? 30);
const elements = Number(process.env.ELEMENTS ?? 0);
const MINUTE = 60_000;
const WARNING = 40; // pino's level

/** A transaction of interval elements in a table of its own; nft compares all with all, so it takes long. */
function transaction(count: number): string {
  const ranges = Array.from({ length: count }, (_, i) => {
    const [high, low] = [(i >> 8) & 255, i & 255];
    return `192.0.2.1 . tcp . ${1000 + (i >> 16)} . 10.${high}.${low}.0-10.${high}.${low}.127`;
  });
  return `table inet other { set s { type ipv4_addr . inet_proto . inet_service . ipv4_addr; flags interval; }; }
add element inet other s { ${ranges.join(", ")} }
`;
}

async function disturb(node: LabNode): Promise<number> {
  const began = monotonicMillis();
  await node.namespace.nft(transaction(elements));
  const took = Math.round(monotonicMillis() - began);
  await node.namespace.nft("delete table inet other\n");
  return took;
}

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
  }[];
}

async function warnings(cluster: KubeletCluster, pods: Pods): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { metadata } of pods.items) {
    const log = await cluster.kubectl("-n", "fairlead-system", "logs", metadata.name);
    for (const line of log.split("\n").filter((text) => text.startsWith("{"))) {
      const { level, msg } = JSON.parse(line) as { level: number | string; msg: string };
      const isWarning = typeof level === "number" ? level >= WARNING : ["warn", "error", "fatal"].includes(level);
      if (isWarning) counts.set(msg, (counts.get(msg) ?? 0) + 1);
    }
  }
  return counts;
}

/** As the user guide does it: the Secret is there before the first speaker, for one without it warns. */
async function installWithHeartbeatKey(cluster: KubeletCluster): Promise<void> {
  await cluster.kubectl("apply", "--server-side", "-f", root("config/namespace.yaml"));
  const key = `--from-literal=key=${randomBytes(32).toString("base64")}`;
  await cluster.kubectl("-n", "fairlead-system", "create", "secret", "generic", "fairlead-heartbeat", key);
  await install(cluster);
}

async function run(cluster: KubeletCluster): Promise<boolean> {
  const { api } = cluster.controlPlane;
  await installWithHeartbeatKey(cluster);
  const address = await serveSamples(cluster);
  await cluster.kubectl("rollout", "status", "deployment/web", "--timeout=120s");
  say(`${address} for ${minutes} minutes, ${elements} elements a minute by somebody else`);
  const probe = startProbe(cluster.lab.client.namespace, `http://${address}/`, {
    everyMillis: 200,
    timeoutMillis: 3_000,
  });
  const transactions: number[] = [];
  const end = monotonicMillis() + minutes * MINUTE;
  for (let turn = 0; monotonicMillis() < end; turn++) {
    const next = Math.min(end, monotonicMillis() + MINUTE);
    const node = cluster.lab.nodes[turn % cluster.lab.nodes.length];
    if (elements > 0 && node !== undefined) transactions.push(await disturb(node));
    await until("a minute has gone by", () => monotonicMillis() >= next, {
      withinMillis: 2 * MINUTE,
      everyMillis: 200,
    });
  }
  const results = await probe.stop();
  const pods = (await api.get("/api/v1/namespaces/fairlead-system/pods")) as Pods;
  const restarts = pods.items
    .flatMap(({ status }) => status.containerStatuses)
    .reduce((sum, one) => sum + one.restartCount, 0);
  const warned = await warnings(cluster, pods);
  const line = {
    minutes,
    elements,
    transactionMillis: transactions,
    restarts,
    warnings: Object.fromEntries(warned),
    requests: results.length,
    failed: results.filter(({ error }) => error !== undefined).length,
  };
  console.log(JSON.stringify(line));
  return restarts === 0 && (elements > 0 || warned.size === 0);
}

const cluster = await KubeletCluster.create({ dns: false, images: [root("dist/fairlead-image.tar")], onProgress: say });
let isWell = false;
try {
  isWell = await run(cluster);
} finally {
  await cluster.close();
}
process.exit(isWell ? 0 : 1);
