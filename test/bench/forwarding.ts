// node test/bench/forwarding.ts, inside hack/sandbox: how long nft takes for thousands of Services, as JSON lines.

import type { ForwardedPort, ForwardingTable } from "@fairlead/forwarding";
import { Forwarding } from "@fairlead/forwarding";
import { parseAddress } from "@fairlead/net";
import { NftCommand } from "@fairlead/nftables/io";
import { report } from "./report.ts";

const SERVICES = [1_000, 5_000];
const ROUNDS = 5;

/**
 * Measures, for 1,000 and 5,000 Services with 3 endpoints each: the first load, adding one Service, changing one's
 * endpoints, and finding that nothing has changed. Prints a JSON line for each: median milliseconds of several rounds.
 * Tables are built anew for every call, as a decision does. Run it inside `hack/sandbox`: it replaces the table.
 */
export async function benchForwarding(): Promise<void> {
  for (const services of SERVICES) {
    const times = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round++) {
      const forwarding = new Forwarding({ nft: new NftCommand(), conntrack: { forget: async () => undefined } });
      const measure = async (operation: string, table: ForwardingTable): Promise<void> => {
        const start = performance.now();
        await forwarding.apply(table);
        times.set(operation, [...(times.get(operation) ?? []), performance.now() - start]);
      };
      await measure("first load", tableOf(services));
      await measure("no change", tableOf(services));
      await measure("add one Service", tableOf(services + 1));
      await measure("change endpoints of one", tableOf(services + 1, 7));
      await measure("delete one Service", tableOf(services, 7));
      await forwarding.remove();
    }
    for (const [operation, millis] of times) {
      report({ bench: "forwarding", services, operation, millis: round(median(millis)) });
    }
  }
}

/** Services with 3 endpoints each; the one numbered `changed` has 2. */
function tableOf(services: number, changed = -1): ForwardingTable {
  const ports = Array.from({ length: services }, (_, index) => port(index, index === changed ? 2 : 3));
  return { mode: "direct", ports, internal: [], nodeAddresses: [] };
}

function port(index: number, endpoints: number): ForwardedPort {
  return {
    vip: { family: 4, value: parseAddress("198.18.0.0").value + BigInt(index) },
    protocol: "TCP",
    port: 80,
    policy: "Cluster",
    affinity: "None",
    sourceRanges: [],
    endpoints: Array.from({ length: endpoints }, (_, which) => ({
      address: { family: 4, value: parseAddress("10.244.0.0").value + BigInt(index * 3 + which) },
      port: 8080,
      local: which === 0,
    })),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(millis: number): number {
  return Math.round(millis * 10) / 10;
}

if (import.meta.main) await benchForwarding();
