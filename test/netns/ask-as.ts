// Asks who has an address as each of several clients, and prints those that were answered within 0.3 s, one a line:
// node test/netns/ask-as.ts --link eth0 --target 192.0.2.50 CLIENT...
import { parseArgs } from "node:util";
import {
  arpRequest,
  decodeArp,
  decodeEthernet,
  ETHERTYPE,
  encodeEthernet,
  ndpIn,
  neighborSolicitation,
} from "@fairlead/l2/testing";
import { openLinkSocket, watchLinks } from "@fairlead/linux/io";
import { formatAddress, type IpAddress, parseAddress } from "@fairlead/net";

const { values, positionals: clients } = parseArgs({
  options: { link: { type: "string", default: "eth0" }, target: { type: "string", default: "" } },
  allowPositionals: true,
});
const target = parseAddress(values.target);
const links = await watchLinks();
const link = links.current().find(({ name }) => name === values.link);
if (link === undefined) throw new Error(`Cannot ask on ${values.link}: there is no such link`);
const { mac } = link;

const socket = openLinkSocket(link, [ETHERTYPE.arp, ETHERTYPE.ipv6], (octets) => {
  const client = target.family === 4 ? arpAnswered(octets) : ndpAnswered(octets);
  if (client !== undefined) console.log(formatAddress(client));
});
for (const text of clients) {
  const ip = parseAddress(text);
  socket.send(
    encodeEthernet(target.family === 4 ? arpRequest({ mac, ip }, target) : neighborSolicitation(mac, ip, target)),
  );
}
setTimeout(() => process.exit(0), 300);

function ndpAnswered(octets: Uint8Array): IpAddress | undefined {
  const received = ndpIn(octets);
  return received?.message.kind === "advertisement" && received.message.solicited
    ? received.packet.destination
    : undefined;
}

function arpAnswered(octets: Uint8Array): IpAddress | undefined {
  const frame = decodeEthernet(octets);
  if (frame.etherType !== ETHERTYPE.arp) return undefined;
  const packet = decodeArp(frame.payload);
  return packet.operation === "reply" ? packet.target.ip : undefined;
}
