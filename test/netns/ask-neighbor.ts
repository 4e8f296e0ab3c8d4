// Asks once who has an IPv6 address, and prints the first advertisement of it as a JSON line, or nothing after 0.3 s:
// node test/netns/ask-neighbor.ts --link eth0 --target 2001:db8::50 [--destination MAC] [--hop-limit 255] [--probe] [--all]
// --probe asks as one who checks whether the address is free: from ::, without an option. --all prints all that come in
// 0.3 s.
import { parseArgs } from "node:util";
import {
  ALL_NODES,
  decodeIcmpv6,
  duplicateProbe,
  ETHERTYPE,
  encodeEthernet,
  encodeIcmpv6,
  groupMac,
  ndpIn,
  neighborSolicitation,
} from "@fairlead/l2/testing";
import { openLinkSocket, watchLinks } from "@fairlead/linux/io";
import { formatAddress, parseAddress } from "@fairlead/net";

const { values } = parseArgs({
  options: {
    link: { type: "string", default: "eth0" },
    target: { type: "string", default: "" },
    destination: { type: "string" },
    "hop-limit": { type: "string", default: "255" },
    probe: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
  },
});
const target = parseAddress(values.target);
const links = await watchLinks();
const link = links.current().find(({ name }) => name === values.link);
const source = link?.addresses.find(({ address }) => address.family === 6)?.address;
if (link === undefined || source === undefined) throw new Error(`Cannot ask: ${values.link} must have an IPv6 address`);
const receive = (octets: Uint8Array): void => {
  const received = ndpIn(octets);
  if (received?.message.kind !== "advertisement") return;
  const { message, packet } = received;
  if (message.target.value !== target.value) return;
  const { hopLimit, destination } = packet;
  console.log(JSON.stringify({ ...message, target: values.target, hopLimit, destination: formatAddress(destination) }));
  if (!values.all) process.exit(0);
};
const socket = openLinkSocket(link, [ETHERTYPE.ipv6], receive, { groups: [groupMac(ALL_NODES)] });
const question = values.probe ? duplicateProbe(link.mac, target) : neighborSolicitation(link.mac, source, target);
const payload = encodeIcmpv6({ ...decodeIcmpv6(question.payload), hopLimit: Number(values["hop-limit"]) });
socket.send(encodeEthernet({ ...question, payload, destination: values.destination ?? question.destination }));
setTimeout(() => process.exit(0), 300);
