import { arpRequest, ETHERTYPE, encodeEthernet, neighborSolicitation } from "@fairlead/l2/testing";
import { addressOctets, parseAddress } from "@fairlead/net";
import koffi from "koffi";

// Asks for each of the addresses by ARP or NDP, over and over, and measures each answer: send(2) and recv(2) block, so that
// no event loop is in the measured path. Arguments: interface index, own Ethernet address, rounds, own address, targets.
// The environment's PAUSE_MILLIS is the time between two rounds, 0 unless told.

const libc = koffi.load(null);
const socket: (domain: number, type: number, protocol: number) => number = libc.func("int socket(int, int, int)");
const bind: (fd: number, address: Uint8Array, size: number) => number = libc.func(
  "int bind(int, const void *, uint32_t)",
);
const setsockopt: (fd: number, level: number, name: number, value: BigInt64Array, size: number) => number = libc.func(
  "int setsockopt(int, int, int, const void *, uint32_t)",
);
const send: (fd: number, octets: Uint8Array, length: number, flags: number) => number = libc.func(
  "int64_t send(int, const void *, size_t, int)",
);
const recv: (fd: number, octets: Uint8Array, length: number, flags: number) => number = libc.func(
  "int64_t recv(int, void *, size_t, int)",
);

const [ifindex = "", mac = "", rounds = "", own = "", ...targets] = process.argv.slice(2);
const [AF_PACKET, SOCK_RAW, SOL_SOCKET, SO_RCVTIMEO] = [17, 3, 1, 20];
const ONE_SECOND = BigInt64Array.of(1n, 0n);
const ownAddress = parseAddress(own);
const v6 = ownAddress.family === 6;
const ETHER_TYPE = v6 ? ETHERTYPE.ipv6 : ETHERTYPE.arp;
/** Where an answer has the address that was asked for. */
const ANSWERED_IP = v6 ? 62 : 28;
const WARM_UP_ROUNDS = 200;
const PAUSE_MILLIS = Number(process.env.PAUSE_MILLIS ?? 0);
const sleeper = new Int32Array(new SharedArrayBuffer(4));

const fd = socket(AF_PACKET, SOCK_RAW, 0);
const address = new Uint8Array(20);
const view = new DataView(address.buffer);
view.setUint16(0, AF_PACKET, true);
view.setUint16(2, ETHER_TYPE);
view.setInt32(4, Number(ifindex), true);
if (fd < 0 || bind(fd, address, 20) < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, ONE_SECOND, 16) < 0) {
  throw new Error(`Cannot open AF_PACKET socket on interface ${ifindex}: errno ${koffi.errno()}`);
}

const questions = targets.map((target) => {
  const wanted = parseAddress(target);
  const frame = encodeEthernet(
    v6 ? neighborSolicitation(mac, ownAddress, wanted) : arpRequest({ mac, ip: ownAddress }, wanted),
  );
  return { target, frame, octets: addressOctets(wanted), micros: new Float64Array(Number(rounds)), unanswered: 0 };
});
const answer = new Uint8Array(1_514);

for (let round = -WARM_UP_ROUNDS; round < Number(rounds); round++) {
  if (PAUSE_MILLIS > 0) Atomics.wait(sleeper, 0, 0, PAUSE_MILLIS);
  // In random order: whoever comes after a slow answer finds the caches cold.
  const order = questions.map((question) => ({ question, key: Math.random() })).sort((a, b) => a.key - b.key);
  for (const question of order.map(({ question }) => question)) {
    const { frame, octets, micros } = question;
    const start = process.hrtime.bigint();
    send(fd, frame, frame.length, 0);
    let received: number;
    do received = recv(fd, answer, answer.length, 0);
    while (received >= 0 && octets.some((octet, i) => answer[ANSWERED_IP + i] !== octet));
    const took = Number(process.hrtime.bigint() - start) / 1_000;
    if (round < 0) continue;
    if (received < 0) question.unanswered++;
    micros[round] = took; // the time limit, if there was no answer
  }
}

for (const { target, micros, unanswered } of questions) {
  micros.sort();
  const quantile = (q: number) => micros[Math.floor(q * (micros.length - 1))];
  console.log(JSON.stringify({ target, p50: quantile(0.5), p99: quantile(0.99), unanswered }));
}
