import { type BareClient, each } from "./bare-client.ts";
import { ALLOCATIONS, type CreatedService } from "./services.ts";

/**
 * Writes what the controller writes for a Service that gets its first address: the IPAllocation, then the status. For
 * Services that are not Fairlead's, and only while no controller runs, which would free what is not its own.
 */
export async function writeBoth(bare: BareClient, service: CreatedService, i: number): Promise<void> {
  const { name, uid } = service;
  await bare.send("POST", ALLOCATIONS, {
    apiVersion: "fairlead.dev/v1beta1",
    kind: "IPAllocation",
    metadata: { name: addressOf(i) },
    spec: { address: addressOf(i), pool: "many", serviceRef: { namespace: "default", name, uid } },
  });
  await writeStatus(bare, service, i);
}

/** Writes the status alone. */
export async function writeStatus(bare: BareClient, { name, uid, version }: CreatedService, i: number): Promise<void> {
  const address = addressOf(i);
  const condition = {
    type: "bench.example/Allocated", // not Fairlead's: it would correct that one
    status: "True",
    reason: "Allocated",
    message: `${address} from IPAddressPool many`,
    lastTransitionTime: new Date().toISOString(),
  };
  const body = {
    metadata: { uid, resourceVersion: version },
    status: { loadBalancer: { ingress: [{ ip: address, ipMode: "VIP" }] }, conditions: [condition] },
  };
  const path = `/api/v1/namespaces/default/services/${name}/status?fieldManager=bench`;
  await bare.send("PATCH", path, body, "application/strategic-merge-patch+json");
}

/** Deletes the IPAllocations of the first `count` writes. */
export async function removeAllocations(bare: BareClient, count: number): Promise<void> {
  await each(count, (i) => bare.send("DELETE", `${ALLOCATIONS}/${addressOf(i)}`, {}));
}

function addressOf(i: number): string {
  return `10.78.${i >> 8}.${i & 255}`;
}
