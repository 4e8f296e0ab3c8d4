import { until } from "@fairlead/testing";
import { logLines, NAMESPACE } from "../e2e/product.ts";
import { BareClient, each } from "./bare-client.ts";
import { report } from "./report.ts";
import { bareService, MANY, type Site, withSite } from "./site.ts";

const SIZES = [1_000, 2_000, 5_000];
const ALLOCATIONS = "/apis/fairlead.dev/v1beta1/ipallocations";

/**
 * Measures how many Services a second get their addresses when a controller starts and finds thousands without, beside a
 * client that does nothing but write the same objects over as many connections to the same API server, before and after.
 * No speaker runs. Prints a JSON line for each number of Services. Run it inside hack/sandbox.
 *
 * @param sizes - numbers of Services.
 */
export async function benchColdStart(sizes: readonly number[] = SIZES): Promise<void> {
  for (const services of sizes) {
    await withSite(async (site) => {
      const { store, product, cluster } = site;
      for (const object of MANY) await store.create(object);
      await Promise.all(cluster.lab.nodes.map(({ name }) => product.speaker(name).stop("SIGKILL")));
      await product.controllers[0]?.stop();
      const kubeconfig = await cluster.controlPlane.kubeconfigFor(NAMESPACE, "fairlead-controller");
      const bare = await BareClient.open(kubeconfig);
      const uids = await createServices(site, "bare", 2 * services, { loadBalancerClass: "bench.example/none" });
      const before = await bareRate(bare, uids, 0, services);
      const controller = await controllerRate(site, services);
      const after = await bareRate(bare, uids, services, services);
      const ratio = Math.round((100 * controller.perSecond) / Math.max(before, after)) / 100;
      report({ bench: "coldStart", services, ...controller, barePerSecond: { before, after }, ratio });
      bare.close();
    });
  }
}

/** Writes for Services that are not Fairlead's, from number `first`, what the controller writes for its own. */
async function bareRate(bare: BareClient, uids: readonly string[], first: number, count: number): Promise<number> {
  const addressOf = (i: number) => `10.78.${i >> 8}.${i & 255}`;
  const perSecond = await rate(count, () =>
    each(count, async (n) => {
      const i = first + n;
      const [name, uid, address] = [`bare-${i}`, uids[i], addressOf(i)];
      const spec = { address, pool: "many", serviceRef: { namespace: "default", name, uid } };
      await bare.send("POST", ALLOCATIONS, {
        apiVersion: "fairlead.dev/v1beta1",
        kind: "IPAllocation",
        metadata: { name: address },
        spec,
      });
      const path = `/api/v1/namespaces/default/services/${name}/status?fieldManager=bench`;
      const status = {
        loadBalancer: { ingress: [{ ip: address, ipMode: "VIP" }] },
        conditions: [
          {
            type: "bench.example/Allocated",
            status: "True",
            reason: "Allocated",
            message: `${address} from IPAddressPool many`,
            lastTransitionTime: new Date().toISOString(),
          },
        ],
      };
      await bare.send("PATCH", path, { metadata: { uid }, status }, "application/strategic-merge-patch+json");
    }),
  );
  // The controller would free these: their Services are not its own.
  await each(count, (n) => bare.send("DELETE", `${ALLOCATIONS}/${addressOf(first + n)}`, {}));
  return perSecond;
}

async function controllerRate(site: Site, services: number): Promise<Record<"perSecond" | "firstAfterMillis", number>> {
  await createServices(site, "pending", services, {});
  const started = Date.now();
  await site.product.startController(0);
  const controller = site.product.controllers[0];
  const allocated = () => (controller ? logLines(controller).filter(({ msg }) => msg === "address allocated") : []);
  await until("all have addresses", () => allocated().length >= services, {
    withinMillis: 120_000,
    everyMillis: 1_000,
  });
  const times = allocated().map(({ time }) => Date.parse(String(time)));
  const first = Math.min(...times);
  await controller?.stop();
  const perSecond = Math.round((1000 * (services - 1)) / (Math.max(...times) - first));
  return { perSecond, firstAfterMillis: first - started };
}

/** Creates Services name-0, name-1, ... and returns their uids. */
async function createServices({ store }: Site, name: string, count: number, spec: object): Promise<string[]> {
  console.error(`coldStart: creating ${count} Services`);
  const uids: string[] = [];
  await each(count, async (i) => {
    const service = bareService(`${name}-${i}`);
    const { metadata } = await store.create({ ...service, spec: { ...(service.spec as object), ...spec } });
    uids[i] = metadata.uid ?? "";
  });
  return uids;
}

async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round((1000 * count) / (performance.now() - start));
}

if (import.meta.main) await benchColdStart(process.argv.slice(2).map(Number));
