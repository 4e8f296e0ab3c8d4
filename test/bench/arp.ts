import { fileURLToPath } from "node:url";
import { gateElement, removeTable, replaceTable } from "@fairlead/l2";
import { parseAddress } from "@fairlead/net";
import { NetlinkGate, NftCommand } from "@fairlead/nftables/io";
import {
  CLIENT_MAC,
  type ClientLink,
  inKernel,
  inUserSpace,
  openClientLink,
  TIMEOUT_MILLIS,
} from "../netns/responder-bench.ts";
import { report } from "./report.ts";

const ROUNDS = 2_000;

/** One way to ask: from which address, and for those that the kernel, the kernel responder and the user-space one have. */
const PROTOCOLS = [
  { name: "arp", client: "192.0.2.2", targets: ["192.0.2.1", "192.0.2.50", "192.0.2.51"] },
  { name: "ndp", client: "2001:db8::2", targets: ["2001:db8::1", "2001:db8::50", "2001:db8::51"] },
] as const;

interface Latency {
  readonly target: string;
  readonly p50: number;
  readonly p99: number;
  readonly unanswered: number;
}

/**
 * Measures how long an answer to ARP and NDP takes, in microseconds at a client on the other end of a veth pair: from the kernel for
 * the node's own address, from the kernel responder and from the user-space responder; and what refreshing the gate
 * costs, alone and while a large nftables transaction is loaded. Prints JSON lines. Run it inside hack/sandbox.
 */
export async function benchArp(): Promise<void> {
  const lan = await openClientLink();
  try {
    for (const protocol of PROTOCOLS) await benchAnswers(lan, protocol);
    await benchGate(lan);
  } finally {
    await lan.close();
  }
}

async function benchAnswers({ client, link }: ClientLink, protocol: (typeof PROTOCOLS)[number]): Promise<void> {
  const [own, kernelTarget, userspaceTarget] = protocol.targets;
  const kernel = inKernel(link);
  const userspace = inUserSpace(link);
  await kernel.answer([parseAddress(kernelTarget)]);
  await userspace.answer([parseAddress(userspaceTarget)]);
  const keepAlive = setInterval(() => {
    kernel.refresh();
    userspace.refresh();
  }, TIMEOUT_MILLIS / 4);
  try {
    const { stdout: shown } = await client.run("ip", "-json", "link", "show", "eth0");
    const index: number = JSON.parse(shown)[0].ifindex;
    const script = fileURLToPath(new URL("arp-client.ts", import.meta.url));
    const args = [script, String(index), CLIENT_MAC, String(ROUNDS), protocol.client, ...protocol.targets];
    const { stdout } = await client.run(process.execPath, ...args);
    const measured: Latency[] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const reference = measured.find(({ target }) => target === own);
    const names = ["kernel, own address", "kernel responder", "user-space responder"];
    for (const [i, { p50, p99, unanswered }] of measured.entries()) {
      const ratio = {
        p50: round(p50 / (reference?.p50 ?? Number.NaN)),
        p99: round(p99 / (reference?.p99 ?? Number.NaN)),
      };
      report({
        bench: `${protocol.name} answer`,
        by: names[i],
        requests: ROUNDS,
        p50Micros: p50,
        p99Micros: p99,
        unanswered,
        ratio,
      });
    }
  } finally {
    clearInterval(keepAlive);
    await kernel.close();
    await userspace.close();
  }
}

async function benchGate({ link }: ClientLink): Promise<void> {
  const nft = new NftCommand();
  await nft.load(
    replaceTable(link, { addresses: [], shares: [] }, { timeoutMillis: TIMEOUT_MILLIS, keptBy: "refresh" }),
  );
  const gate = new NetlinkGate(gateElement(link, TIMEOUT_MILLIS), reportError);
  const alone = Array.from({ length: ROUNDS }, () => timeRefresh(gate));
  printGate("alone", alone);

  const elements = Array.from({ length: 50_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`).join(", ");
  const large = `table netdev bench {\n  set s { type ipv4_addr; elements = { ${elements} } }\n}\n`;
  const during: number[] = [];
  let loading = true;
  const load = nft.load(large).finally(() => {
    loading = false;
  });
  while (loading) {
    during.push(timeRefresh(gate));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await load;
  printGate("while 50,000 elements are loaded", during);
  gate.close();
  await nft.load(`${removeTable(link)}delete table netdev bench\n`);
}

function timeRefresh(gate: NetlinkGate): number {
  const start = process.hrtime.bigint();
  gate.refresh();
  return Number(process.hrtime.bigint() - start) / 1_000;
}

function printGate(when: string, micros: number[]): void {
  micros.sort((a, b) => a - b);
  const quantile = (q: number) => micros[Math.floor(q * (micros.length - 1))];
  const [p50Micros, p99Micros, maxMicros] = [quantile(0.5), quantile(0.99), micros.at(-1)];
  report({ bench: "gate refresh", when, refreshes: micros.length, p50Micros, p99Micros, maxMicros });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function reportError(error: Error): void {
  console.error(error.message);
}

if (import.meta.main) await benchArp();
