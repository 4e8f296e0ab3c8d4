// Counts what speakers send on a link, for so many seconds or until it is told to end (SIGTERM), and prints a WireCount as
// JSON: node test/bench/wire-meter.ts --link eth0 [--seconds 10]
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { HEARTBEAT_ETHERTYPE, HEARTBEAT_GROUP } from "@fairlead/l2/testing";
import { openLinkSocket, watchLinks } from "@fairlead/linux/io";
import { type Mac, macFromOctets } from "@fairlead/net";
import { decodeArp } from "../../packages/l2/src/packet/arp.ts";

/** What was counted. */
export interface WireCount {
  /** By the sender's MAC: how much, and the milliseconds between one heartbeat and the next. */
  readonly heartbeats: Readonly<Record<Mac, { readonly bitsPerSecond: number; readonly gapMillis: readonly number[] }>>;
  /** ARP packets that say of an address where it is, without a question. */
  readonly unaskedArp: number;
}

const ETHERTYPE_ARP = 0x0806;
const HEADER = 14;

const { values } = parseArgs({ options: { link: { type: "string", default: "eth0" }, seconds: { type: "string" } } });
const links = await watchLinks();
const link = links.current().find(({ name }) => name === values.link);
if (link === undefined) throw new Error(`Cannot count on ${values.link}: there is no such link`);

const senders = new Map<Mac, { octets: number; last: number; gaps: number[] }>();
let unaskedArp = 0;

function hear(frame: Uint8Array): void {
  const etherType = new DataView(frame.buffer, frame.byteOffset).getUint16(12);
  if (etherType === ETHERTYPE_ARP) {
    const { sender, target } = decodeArp(frame.subarray(HEADER));
    if (sender.ip.value === target.ip.value) unaskedArp += 1;
    return;
  }
  const mac = macFromOctets(frame.slice(6, 12));
  const now = performance.now();
  const sender = senders.get(mac);
  if (sender === undefined) {
    senders.set(mac, { octets: frame.length, last: now, gaps: [] });
    return;
  }
  sender.octets += frame.length;
  sender.gaps.push(now - sender.last);
  sender.last = now;
}

const began = performance.now();
const socket = openLinkSocket(link, [HEARTBEAT_ETHERTYPE, ETHERTYPE_ARP], hear, { groups: [HEARTBEAT_GROUP] });
await (values.seconds === undefined ? once(process, "SIGTERM") : delay(1_000 * Number(values.seconds)));
socket.close();
links.close();
const seconds = (performance.now() - began) / 1_000;
const heartbeats = [...senders].map(([mac, { octets, gaps }]) => {
  return [mac, { bitsPerSecond: Math.round((8 * octets) / seconds), gapMillis: gaps.map(Math.round) }] as const;
});
const count: WireCount = { heartbeats: Object.fromEntries(heartbeats), unaskedArp };
console.log(JSON.stringify(count));
