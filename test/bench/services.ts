import { until } from "@fairlead/testing";
import { each } from "./bare-client.ts";
import type { ProcessGroups } from "./processes.ts";
import { bareService, MANY, type Site } from "./site.ts";

/** Path of the IPAllocations. */
export const ALLOCATIONS = "/apis/fairlead.dev/v1beta1/ipallocations";
/** Of Services that no controller serves. */
export const UNSERVED = { loadBalancerClass: "bench.example/none" } as const;
const PROGRESS_EVERY = 1_000;

/** A Service that was created, and how it is written to. */
export interface CreatedService {
  readonly name: string;
  readonly uid: string;
  /** Its resourceVersion. */
  readonly version: string;
}

/** Creates the pool of {@link MANY}, and ends the speakers: what is measured is the controller. */
export async function prepare({ store, product, cluster }: Site): Promise<void> {
  for (const object of MANY) await store.create(object);
  await stopSpeakers({ product, cluster });
}

/** Ends the speakers at once. */
export async function stopSpeakers({ product, cluster }: Pick<Site, "product" | "cluster">): Promise<void> {
  await Promise.all(cluster.lab.nodes.map(({ name }) => product.speaker(name).stop("SIGKILL")));
}

/** Creates the Services name-0, name-1, ... over many connections, and returns them in this order. */
export async function createServices(
  site: Pick<Site, "store">,
  name: string,
  count: number,
  spec: object = {},
): Promise<CreatedService[]> {
  const created: CreatedService[] = [];
  let done = 0;
  await each(count, async (i) => {
    created[i] = await createService(site, `${name}-${i}`, spec);
    done += 1;
    if (done % PROGRESS_EVERY === 0) console.error(`bench: ${done} of ${count} Services "${name}" created`);
  });
  return created;
}

/** Creates one Service; `spec` goes over that of {@link bareService}. */
export async function createService(
  { store }: Pick<Site, "store">,
  name: string,
  spec: object = {},
): Promise<CreatedService> {
  const service = bareService(name);
  const { metadata } = await store.create({ ...service, spec: { ...(service.spec as object), ...spec } });
  return { name, uid: metadata.uid ?? "", version: metadata.resourceVersion ?? "" };
}

/** The processes that the control plane works with. */
export function controlPlaneOf({ cluster }: Pick<Site, "cluster">): ProcessGroups {
  const { apiServer, etcd } = cluster.controlPlane;
  return { apiServer: [apiServer], etcd: [etcd] };
}

/** How many objects a collection of the API has. */
export async function countOf({ cluster }: Pick<Site, "cluster">, collection: string): Promise<number> {
  const { metadata, items } = (await cluster.controlPlane.api.get(`${collection}?limit=1`)) as {
    metadata: { remainingItemCount?: number };
    items: readonly unknown[];
  };
  return items.length + (metadata.remainingItemCount ?? 0);
}

/** Waits until there are so many IPAllocations. */
export async function allocated(site: Pick<Site, "cluster">, count: number): Promise<void> {
  await until(`${count} addresses are allocated`, async () => (await countOf(site, ALLOCATIONS)) === count, {
    withinMillis: 300_000,
    everyMillis: 1_000,
  });
}
