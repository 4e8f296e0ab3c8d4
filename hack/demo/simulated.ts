// The main job where namespaces are not permitted: the same controller and speakers, in one process, on links in memory.
import { longestGap, until } from "@fairlead/testing";
import { indent, say } from "./narration.ts";
import { SimulatedSite } from "./simulated-site.ts";

/** As for the demo in namespaces. */
const GAP_LIMIT_MILLIS = 3_000;
const ASK_EVERY_MILLIS = 10;

async function run(site: SimulatedSite): Promise<void> {
  say("This is a simulation: without network namespaces there are no links and no nftables to try it on.");
  console.log(indent("Controller, ownership and ARP are the real code; links are memory, nftables is text."));
  console.log(indent("No HTTP request is made: nothing here carries packets to a workload."));
  say("A LAN with nodes n1, n2, n3 and a client; pods web-1 on n1 and web-2 on n2.");
  say(`Starting the controller, and a speaker for each node, on a folder of manifests (${site.folder.path}).`);
  site.start();
  await until("controller and speakers are ready", () => site.ready(), { withinMillis: 10_000 });

  say("Applying config/samples/pool.yaml and config/samples/service.yaml.");
  site.folder.apply("pool");
  site.folder.apply("service");
  const created = performance.now();
  const address = await until("the Service has an address", () => site.folder.address(), { withinMillis: 10_000 });
  console.log(indent(`${address} allocated`));
  site.client.askEvery(ASK_EVERY_MILLIS, address);
  const owner = await until("the address is answered for", () => site.owner(address), { withinMillis: 10_000 });
  console.log(indent(`answers ARP ${Math.round(performance.now() - created)} ms after the Service was created`));
  say(`The owner is ${owner.name}: its MAC address ${owner.host.link().mac} is what the client has for ${address}.`);
  say("What an operator sees:");
  console.log(indent(await site.folder.show()));

  say(`Killing ${owner.name}: its speaker without a goodbye, its link cut.`);
  await site.kill(owner);
  const heir = await until(
    "another node answers",
    () => {
      const node = site.owner(address);
      return node === owner ? undefined : node;
    },
    { withinMillis: 10_000 },
  );
  say(`The new owner is ${heir.name}.`);
  const answers = site.client.exchanges(address).flatMap((exchange) => exchange.answers);
  const gap = Math.round(longestGap(answers.map(({ at }) => ({ startedAt: at, endedAt: at })))?.millis ?? Infinity);
  console.log(indent(`gap seen by a client that asks every ${ASK_EVERY_MILLIS} ms: ${gap} ms`));
  say(`The life of ${address} in the logs:`);
  console.log(indent(site.story(address)));
  if (gap >= GAP_LIMIT_MILLIS) throw new Error(`The gap must be below ${GAP_LIMIT_MILLIS} ms, got ${gap} ms`);
}

if (process.env.KUBE === "real") {
  console.error("demo: KUBE=real needs network namespaces: run it as root, or allow unprivileged user namespaces");
  process.exit(1);
}
if (process.env.KEEP === "1") console.log("demo: KEEP=1 does nothing here: a simulation ends with its process");
const site = new SimulatedSite();
try {
  await run(site);
} catch (error) {
  console.error(`\ndemo: ${error instanceof Error ? error.message : error}\nWhat was logged:\n${site.story("")}`);
  process.exitCode = 1;
} finally {
  await site.close();
}
console.log(process.exitCode === 1 ? "\ndemo: FAILED" : "\ndemo: OK");
process.exit();
