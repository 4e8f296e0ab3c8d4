// Asks by ARP for addresses that nobody has, so many times a second, until SIGTERM:
// node test/bench/arp-flood.ts --link eth0 --per-second 10000
import { parseArgs } from "node:util";
import { arpRequest, ETHERTYPE, encodeEthernet } from "@fairlead/l2/testing";
import { openLinkSocket, watchLinks } from "@fairlead/linux/io";
import { parseAddress } from "@fairlead/net";

const EVERY_MILLIS = 5;

const { values } = parseArgs({
  options: { link: { type: "string", default: "eth0" }, "per-second": { type: "string", default: "10000" } },
});
const link = (await watchLinks()).current().find(({ name }) => name === values.link);
if (link === undefined) throw new Error(`Cannot ask on ${values.link}: there is no such link`);
const socket = openLinkSocket(link, [ETHERTYPE.arp], () => {});
const own = parseAddress("192.0.2.1");
const frames = Array.from({ length: 256 }, (_, i) => {
  const wanted = { family: 4, value: parseAddress("192.0.2.0").value + BigInt(i) } as const;
  return encodeEthernet(arpRequest({ mac: link.mac, ip: own }, wanted));
});

let sent = 0;
const start = performance.now();
console.log("flooding");
setInterval(() => {
  const due = ((performance.now() - start) / 1_000) * Number(values["per-second"]);
  for (; sent < due; sent++) socket.send(frames[sent % frames.length] ?? new Uint8Array(60));
}, EVERY_MILLIS);
process.on("SIGTERM", () => {
  const seconds = (performance.now() - start) / 1_000;
  process.stdout.write(`${JSON.stringify({ perSecond: Math.round(sent / seconds) })}\n`, () => process.exit(0));
});
