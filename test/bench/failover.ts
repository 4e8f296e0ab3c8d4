import { setTimeout as delay } from "node:timers/promises";
import {
  answersHttp,
  httpUrl,
  type Lab,
  type LabNode,
  longestGap,
  type Manifest,
  monotonicMillis,
  type ProbeResult,
  startProbe,
  until,
} from "@fairlead/testing";
import { startNeighborProbe } from "./neighbor-probe-daemon.ts";
import { quantile, report } from "./report.ts";
import { type Site, withSite } from "./site.ts";

const RUNS = Number(process.env.RUNS ?? 20);
const FAMILIES = ([4, 6] as const).filter((family) => Number(process.env.FAMILY ?? family) === family);
const PATIENCE = { withinMillis: 20_000 };
/** Speakers that have just started, or lost their link, take nothing over while there are others. */
const SETTLED_MILLIS = 2_500;
const ADVERTISEMENTS = "/apis/fairlead.dev/v1beta1/l2advertisements";
const EXCLUDE = "node.kubernetes.io/exclude-from-external-load-balancers";

/** A way in which an owner loses its address. */
interface Failure {
  /** Milliseconds between two new connections of each client; 5 is 200 a second. */
  readonly everyMillis: number;
  happen(site: Site, owner: LabNode): Promise<unknown>;
  undo(site: Site, owner: LabNode): Promise<unknown>;
}

const kill = ({ product }: Site, { name }: LabNode) => product.speaker(name).stop("SIGKILL");
const start = ({ product }: Site, { name }: LabNode) => product.startSpeaker(name);
const cut = async ({ cluster: { lab } }: Site, { name }: LabNode) => {
  await Promise.all([lab.cutLink(name), lab.cutLink(name, "management")]);
};
const restore = async ({ cluster: { lab } }: Site, { name }: LabNode) => {
  await Promise.all([lab.restoreLink(name), lab.restoreLink(name, "management")]);
};
const label = ({ cluster }: Site, { name }: LabNode, labels: object) => {
  return cluster.controlPlane.api.patch(`/api/v1/nodes/${name}`, "merge", { metadata: { labels } });
};

const SUDDEN: Readonly<Record<string, Failure>> = {
  speakerKilled: { everyMillis: 10, happen: kill, undo: start },
  allLinksCut: { everyMillis: 10, happen: cut, undo: restore },
  lanLinkCut: {
    everyMillis: 10,
    happen: ({ cluster: { lab } }, { name }) => lab.cutLink(name),
    undo: ({ cluster: { lab } }, { name }) => lab.restoreLink(name),
  },
  namespaceDeleted: {
    everyMillis: 10,
    async happen(site, owner) {
      await kill(site, owner);
      await site.cluster.lab.loseNode(owner.name);
    },
    async undo(site, owner) {
      await site.cluster.lab.replaceNode(owner.name);
      await start(site, owner);
    },
  },
};

const GRACEFUL: Readonly<Record<string, Failure>> = {
  /** For comparison: what fails when nothing happens. */
  nothing: { everyMillis: 5, happen: async () => {}, undo: async () => {} },
  stopped: { everyMillis: 5, happen: ({ product }, { name }) => product.speaker(name).stop(), undo: start },
  drained: {
    everyMillis: 5,
    happen: (site, owner) => label(site, owner, { [EXCLUDE]: "true" }),
    undo: (site, owner) => label(site, owner, { [EXCLUDE]: null }),
  },
  moved: {
    everyMillis: 5,
    happen: ({ cluster }, { name }) => cluster.controlPlane.api.post(ADVERTISEMENTS, advertisementWithout(name)),
    undo: ({ cluster }) => cluster.controlPlane.api.delete(`${ADVERTISEMENTS}/without`),
  },
};

function advertisementWithout(node: string): Manifest {
  const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "NotIn", values: [node] }];
  return {
    apiVersion: "fairlead.dev/v1beta1",
    kind: "L2Advertisement",
    metadata: { name: "without" },
    spec: { nodeSelectors: [{ matchExpressions }] },
  };
}

/** What the clients of one run saw. */
interface Seen {
  /** Longest time without an answer, in milliseconds. */
  readonly gaps: { readonly lan: number; readonly remote: number; readonly neighbor: number };
  readonly errors: readonly string[];
  readonly requests: number;
}

/**
 * Measures for how long clients have no answer when the owner of an address fails, in each way and for both families: new
 * connections from the LAN and from behind the router, and ARP requests or Neighbor Solicitations from the LAN, every 10 ms;
 * and how many of 200 new connections a second fail when it goes in order. 20 runs each, or as the environment's RUNS says;
 * the environment's FAILURE names one way, its FAMILY (4 or 6) one family. Prints a JSON line for each way and client. Run it
 * inside hack/sandbox.
 */
export async function benchFailover(): Promise<void> {
  await withSite(async (site) => {
    await site.scene.addPool("192.168.50.200-192.168.50.220", "fd50::200-fd50::220");
    for (const family of FAMILIES) {
      const service = `web${family}`;
      await site.scene.addService(service, { ipFamilies: [`IPv${family}`] });
      const address = await site.scene.address(service);
      for (const [name, failure] of Object.entries({ ...SUDDEN, ...GRACEFUL })) {
        if (process.env.FAILURE !== undefined && process.env.FAILURE !== name) continue;
        await measure({ failure: name, family }, (run) => {
          return fail(site, address, failure, `${name}-${family}-${run}`.toLowerCase());
        });
      }
    }
  });
}

async function measure(what: { failure: string; family: 4 | 6 }, once: (run: number) => Promise<Seen>): Promise<void> {
  const runs: Seen[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await once(run));
  for (const from of ["lan", "remote", "neighbor"] as const) {
    const millis = runs.map(({ gaps }) => gaps[from]);
    const [minMillis, medianMillis, maxMillis] = [0, 0.5, 1].map((q) => Math.round(quantile(millis, q)));
    report({ bench: "failover", ...what, from, runs: RUNS, minMillis, medianMillis, maxMillis });
  }
  if (what.failure in SUDDEN) return;
  const errors = runs.flatMap((run) => run.errors);
  const requests = runs.reduce((total, run) => total + run.requests, 0);
  report({ bench: "failover", ...what, runs: RUNS, failed: errors.length, errors, requests });
}

async function fail(site: Site, address: string, failure: Failure, podName: string): Promise<Seen> {
  const { cluster } = site;
  const { lab } = cluster;
  const owner = await until("the address has an owner", () => ownerOf(lab, address), PATIENCE);
  // What fails is the way in and no more.
  const other = lab.nodes.find(({ name }) => name !== owner.name);
  await cluster.addPod(other?.name ?? "", podName, { labels: { app: "web" } });
  // Nobody asks before: what is sent to the pod of the run before leaves a connection half open in conntrack for two minutes,
  // and a client that comes to use its port again would fail by it.
  await delay(SETTLED_MILLIS);
  const clients = [lab.client, lab.remote];
  for (const { name, namespace } of clients) {
    await until(`${name} has an answer`, () => answersHttp(namespace, httpUrl(address), 500), PATIENCE);
  }
  const { everyMillis } = failure;
  const probes = clients.map(({ namespace }) =>
    startProbe(namespace, httpUrl(address), { everyMillis, timeoutMillis: 900 }),
  );
  const neighbors = startNeighborProbe(lab.client.namespace, [address], 10);
  await until("all probes have answers", () => neighbors.asking() && probes.every((one) => one.results().length > 20));
  await delay(300);
  const happenedAt = monotonicMillis();
  await failure.happen(site, owner);
  await delay(2_000);
  const [lan = [], remote = []] = await Promise.all(probes.map((probe) => probe.stop()));
  const asked = (await neighbors.stop()).get(address) ?? [];
  await failure.undo(site, owner);
  await cluster.removePod(podName);
  const errors = (from: string, results: readonly ProbeResult[]) => {
    return results.flatMap(({ error, startedAt }) => {
      return error === undefined ? [] : [`${error}, ${from}, begun after ${Math.round(startedAt - happenedAt)} ms`];
    });
  };
  const gap = (results: readonly ProbeResult[]) => longestGap(results)?.millis ?? Number.NaN;
  return {
    gaps: { lan: gap(lan), remote: gap(remote), neighbor: gap(asked) },
    errors: [...errors("lan", lan), ...errors("remote", remote)],
    requests: lan.length + remote.length,
  };
}

/** Who answers ARP or Neighbor Solicitations; undefined if nobody does. */
async function ownerOf(lab: Lab, address: string): Promise<LabNode | undefined> {
  const probe = startNeighborProbe(lab.client.namespace, [address], 20);
  await until("it asks", () => probe.asking());
  await delay(100);
  const answers = (await probe.stop()).get(address) ?? [];
  return lab.nodes.find(({ mac }) => mac === answers.at(-1)?.pod);
}

if (import.meta.main) await benchFailover();
