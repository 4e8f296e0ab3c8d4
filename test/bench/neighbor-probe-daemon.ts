import { fileURLToPath } from "node:url";
import { Daemon, type Namespace, newLog, type ProbeResult } from "@fairlead/testing";

/** What came of one question. */
export interface NeighborResult extends ProbeResult {
  readonly address: string;
  /** How many answered beside the first; -1 if nobody did. */
  readonly others: number;
}

/** A run of neighbor-probe.ts. */
export interface NeighborProbe {
  /** Whether it has begun to ask. */
  asking(): boolean;
  /** Ends it: what came of each question, by address. */
  stop(): Promise<ReadonlyMap<string, readonly NeighborResult[]>>;
}

/** Asks for each of the addresses every so many milliseconds, from a namespace's eth0. */
export function startNeighborProbe(
  namespace: Namespace,
  addresses: readonly string[],
  everyMillis: number,
): NeighborProbe {
  const script = fileURLToPath(new URL("neighbor-probe.ts", import.meta.url));
  const args = [script, "--every", `${everyMillis}`, ...addresses];
  const name = "neighbor-probe";
  const daemon = Daemon.start({ name, namespace, command: process.execPath, args, log: newLog(name) });
  const lines = () => daemon.output().split("\n").slice(0, -1);
  return {
    asking: () => lines().length > 0,
    async stop() {
      daemon.assertRunning();
      await daemon.stop("SIGTERM", 10_000);
      const results = lines()
        .slice(1)
        .map((line) => JSON.parse(line) as NeighborResult);
      return Map.groupBy(results, ({ address }) => address);
    },
  };
}
