// Asks who has each of the addresses, by ARP or NDP, in rounds of so many milliseconds, and prints a NeighborResult per question
// as a JSON line when it is told to end (SIGTERM):
// node test/bench/neighbor-probe.ts --link eth0 [--every 10] ADDRESS...
import { parseArgs } from "node:util";
import { NeighborClient } from "@fairlead/l2/testing";
import { openLinkSocket, watchLinks } from "@fairlead/linux/io";
import { systemClock } from "@fairlead/runtime/io";
import { monotonicMillis, type ProbeResult } from "@fairlead/testing";

const { values, positionals: addresses } = parseArgs({
  options: { link: { type: "string", default: "eth0" }, every: { type: "string", default: "10" } },
  allowPositionals: true,
});
const links = await watchLinks();
const link = links.current().find(({ name }) => name === values.link);
if (link === undefined) throw new Error(`Cannot ask on ${values.link}: there is no such link`);
const clock = { ...systemClock, monotonic: monotonicMillis };
const client = new NeighborClient({ openLinkSocket, link: () => link, clock });
const every = Number(values.every);
// Not all at once: a burst of thousands would be lost.
for (const [i, address] of addresses.entries()) {
  setTimeout(() => client.askEvery(every, address), (every * i) / addresses.length);
}
console.log("asking");

process.on("SIGTERM", () => {
  const lines = addresses.flatMap((address) => {
    return client.exchanges(address).map(({ askedAt, answers }) => {
      const [first] = answers;
      const others = new Set(answers.map(({ mac }) => mac)).size - 1;
      const outcome = first === undefined ? { error: "nobody answered" } : { pod: first.mac };
      const result: ProbeResult = { startedAt: askedAt, endedAt: first?.at ?? askedAt, ...outcome };
      return JSON.stringify({ address, others, ...result });
    });
  });
  process.stdout.write(`${lines.join("\n")}\n`, () => process.exit(0));
});
