// The main job, watched: a pool, a Service, an address that answers, and an owner that dies. Run by `make demo`.
import { askHttp, type LabNode, longestGap, monotonicMillis, startProbe, until } from "@fairlead/testing";
import { folderSite } from "./folder-site.ts";
import { indent, say } from "./narration.ts";
import { realSite } from "./real-site.ts";
import type { Site } from "./site.ts";

/** A demo that takes longer to hand an address over has failed. */
const GAP_LIMIT_MILLIS = 3_000;

/** From then on no new connection may go to the dead node. */
const SETTLED_MILLIS = 1_500;

/** The node whose MAC address a client has for the address: what the wire says, not what we say of ourselves. */
async function ownerOnTheWire(site: Site, address: string): Promise<LabNode | undefined> {
  const { stdout } = await site.lab.client.namespace.run("ip", "neighbor", "show", address);
  return site.lab.nodes.find(({ mac }) => stdout.includes(mac));
}

/** What Fairlead logged of one address, from its allocation on. */
function story(site: Site, address: string): string {
  return site
    .logs()
    .filter((line) => line.includes(address))
    .join("\n");
}

async function run(site: Site): Promise<void> {
  const { client, remote } = site.lab;
  say("A LAN with nodes n1, n2, n3 and a client; another client behind a router; pods web-1 on n1 and web-2 on n2.");
  say(`Starting the controller, and a speaker on each node, on ${site.storeName}.`);
  await site.start();
  await until("every process has started", () => site.logs().filter((line) => line.includes("started")).length >= 4, {
    withinMillis: 20_000,
  });

  say("Applying config/samples/pool.yaml and config/samples/service.yaml.");
  await site.apply("pool");
  await site.apply("service");
  const created = performance.now();
  const address = await until("the Service has an address", () => site.address(), { withinMillis: 10_000 });
  console.log(indent(`${address} allocated`));
  const url = `http://${address}/`;
  const fromLan = await until("the address answers on the LAN", () => askHttp(client.namespace, url), {
    withinMillis: 10_000,
  });
  console.log(indent(`answers HTTP ${Math.round(performance.now() - created)} ms after the Service was created`));
  const fromBehind = await askHttp(remote.namespace, url);
  const owner = await until("a neighbour knows the owner", () => ownerOnTheWire(site, address));
  say(`The owner is ${owner.name}: its MAC address ${owner.mac} is what the client has for ${address}.`);
  say(`curl ${url}`);
  console.log(indent(`from the LAN client (${client.address.ipv4}):       ${JSON.stringify(fromLan)}`));
  console.log(indent(`from behind the router (${remote.address.ipv4}): ${JSON.stringify(fromBehind)}`));
  say("What an operator sees:");
  console.log(indent(await site.show()));

  say(`Killing ${owner.name}: its speaker with SIGKILL, its links cut. Kubernetes still calls its pod ready.`);
  const probes = [startProbe(client.namespace, url), startProbe(remote.namespace, url)];
  await until("both probes have answers", () =>
    probes.every((probe) => probe.results().some(({ pod }) => pod !== undefined)),
  );
  await site.kill(owner);
  const killedAt = monotonicMillis();
  const heir = await until(
    "another node answers",
    async () => {
      const node = await ownerOnTheWire(site, address);
      return node?.name === owner.name ? undefined : node;
    },
    { withinMillis: 10_000 },
  );
  const enough = probes.map((probe) => probe.results().length + 200);
  await until("the probes have gone on", () => probes.every((probe, i) => probe.results().length > (enough[i] ?? 0)));
  const ended = await Promise.all(probes.map((probe) => probe.stop()));
  const settled = ended.flat().filter(({ startedAt }) => startedAt >= killedAt + SETTLED_MILLIS);
  const gaps = ended.map((results) => {
    return Math.round(longestGap(results)?.millis ?? Number.POSITIVE_INFINITY);
  });
  say(`The new owner is ${heir.name}.`);
  console.log(indent(`gap seen from the LAN:          ${gaps[0]} ms`));
  console.log(indent(`gap seen from behind the router: ${gaps[1]} ms`));
  const failures = settled.filter(({ error }) => error !== undefined).length;
  console.log(
    indent(`of ${settled.length} connections begun later than ${SETTLED_MILLIS} ms after the loss, ${failures} failed`),
  );
  say(`The life of ${address} in the logs:`);
  console.log(indent(story(site, address)));
  if (failures > 0) throw new Error(`No connection may fail ${SETTLED_MILLIS} ms after the loss, got ${failures}`);
  if (gaps.some((gap) => gap >= GAP_LIMIT_MILLIS)) {
    throw new Error(`The gap must be below ${GAP_LIMIT_MILLIS} ms, got ${gaps.join(" and ")} ms`);
  }
}

async function keep(site: Site): Promise<void> {
  const enter = `nsenter -t ${process.env.FAIRLEAD_SANDBOX} ${process.getuid?.() === 0 ? "" : "-U --preserve-credentials "}-n -m --`;
  say("Left running (KEEP=1). From another terminal, as the same user:");
  for (const hint of [...site.hints, "ip netns list"]) console.log(indent(`${enter} sh -c '${hint}'`));
  console.log(indent(`${enter} nsenter --net=/run/netns/${site.lab.client.namespace.name} curl http://ADDRESS/`));
  say("Ctrl-C ends it and removes everything.");
  await new Promise((resolve) => {
    const alive = setInterval(() => {}, 2 ** 30);
    process.once("SIGINT", () => {
      clearInterval(alive);
      resolve(undefined);
    });
  });
}

const site = process.env.KUBE === "real" ? await realSite() : await folderSite();
try {
  await run(site);
  if (process.env.KEEP === "1") await keep(site);
} catch (error) {
  console.error(
    `\ndemo: ${error instanceof Error ? error.message : error}\nThe logs of all processes:\n${site.logs().join("\n")}`,
  );
  console.log("\ndemo: FAILED");
  process.exit(1);
} finally {
  await site.close();
}
console.log("\ndemo: OK");
process.exit(0);
