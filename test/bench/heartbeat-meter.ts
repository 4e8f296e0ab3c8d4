// Counts the heartbeats on a link for so many seconds, and prints bits a second of each sender as JSON, {MAC: number}:
// node test/bench/heartbeat-meter.ts --link eth0 --seconds 10
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { HEARTBEAT_ETHERTYPE, HEARTBEAT_GROUP } from "@fairlead/l2";
import { openLinkSocket, watchLinks } from "@fairlead/linux";
import { macFromOctets } from "@fairlead/net";

const { values } = parseArgs({
  options: { link: { type: "string", default: "eth0" }, seconds: { type: "string", default: "10" } },
});
const links = await watchLinks();
const link = links.current().find(({ name }) => name === values.link);
if (link === undefined) throw new Error(`Cannot count on ${values.link}: there is no such link`);
const octets = new Map<string, number>();
const count = (frame: Uint8Array): void => {
  const sender = macFromOctets(frame.slice(6, 12));
  octets.set(sender, (octets.get(sender) ?? 0) + frame.length);
};
const socket = openLinkSocket(link, [HEARTBEAT_ETHERTYPE], count, { groups: [HEARTBEAT_GROUP] });
await delay(1_000 * Number(values.seconds));
socket.close();
links.close();
const bits = [...octets].map(([sender, sum]) => [sender, Math.round((8 * sum) / Number(values.seconds))] as const);
console.log(JSON.stringify(Object.fromEntries(bits)));
