import { type Mac, macOctets } from "@fairlead/net";
import { type BpfProgram, encodeBpf } from "../packet/bpf.ts";
import type { Link, OpenLinkSocket } from "../ports.ts";
import { SystemCallError } from "../system-call-error.ts";
import {
  AF,
  attachFilter,
  bindSocket,
  closeSocket,
  openSocket,
  receiveDatagram,
  SOCK,
  sendDatagram,
  setSocketOption,
} from "./libc.ts";
import { onReadable } from "./readable.ts";

// struct sockaddr_ll (packet(7)): family u16, protocol be16, ifindex i32, hatype u16, pkttype u8, halen u8, addr[8].
const SOCKADDR_LL = 20;
const PKTTYPE_OFFSET = 10;
// PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST. Tagged frames of a VLAN that has no link come as PACKET_OTHERHOST.
const FOR_US: ReadonlySet<number | undefined> = new Set([0, 1, 2]);
const ETHERNET_HEADER = 14;
/** Protocol 0 receives nothing. */
const NOTHING = 0;
const SOL_SOCKET = 1;
const SO_MARK = 36;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_MR_MULTICAST = 0;
const LOST: ReadonlySet<string> = new Set(["ENETDOWN", "ENXIO", "ENODEV", "ENOBUFS", "EAGAIN", "EINTR"]);
// One busy socket must not keep the event loop from everything else.
const FRAMES_AT_ONCE = 64;

/** Opens AF_PACKET sockets (packet(7)), one for each EtherType, since the kernel filters only by one. */
export const openLinkSocket: OpenLinkSocket = (link, etherTypes, onFrame, { groups = [], filter, mark } = {}) => {
  const opened: { fd: number; cancel: () => void }[] = [];
  const close = (): void => {
    for (const { fd, cancel } of opened.splice(0)) {
      cancel();
      closeSocket(fd);
    }
  };
  try {
    const protocols = etherTypes.length === 0 ? [NOTHING] : etherTypes;
    for (const protocol of protocols) opened.push(receive(link, protocol, onFrame, filter));
    if (mark !== undefined) setMark(link, opened[0]?.fd ?? -1, mark);
    for (const group of groups) join(link, opened[0]?.fd ?? -1, group);
  } catch (error) {
    close();
    throw error;
  }
  return {
    close,
    send(frame) {
      const what = `send a frame of ${frame.length} octets on ${link.name}`;
      const socket = opened[0];
      if (socket === undefined) throw new SystemCallError(what, "send", "EBADF");
      const code = sendDatagram(socket.fd, frame);
      if (code !== undefined && !LOST.has(code)) throw new SystemCallError(what, "send", code);
    },
  };
};

function receive(link: Link, etherType: number, onFrame: (frame: Uint8Array) => void, filter: BpfProgram | undefined) {
  const what = `open AF_PACKET socket for EtherType 0x${etherType.toString(16).padStart(4, "0")} on ${link.name}`;
  // No frame of another link can slip in before bind().
  const fd = openSocket(what, AF.packet, SOCK.raw, NOTHING);
  try {
    if (filter !== undefined) attachFilter(what, fd, encodeBpf(filter));
    bindSocket(what, fd, sockaddr(etherType, link.index));
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
  const buffer = new Uint8Array(link.mtu + ETHERNET_HEADER);
  const from = new Uint8Array(SOCKADDR_LL);
  let open = true;
  const stop = onReadable(fd, () => {
    for (let i = 0; open && i < FRAMES_AT_ONCE; i++) {
      const received = receiveDatagram(fd, buffer, from);
      if ("code" in received) return;
      if (!FOR_US.has(from[PKTTYPE_OFFSET]) || received.length > buffer.length) continue;
      onFrame(buffer.slice(0, received.length));
    }
  });
  const cancel = (): void => {
    open = false;
    stop();
  };
  return { fd, cancel };
}

function setMark(link: Link, fd: number, mark: number): void {
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setUint32(0, mark, true); // host byte order: of the machines that this runs on, little-endian
  setSocketOption(`mark frames on ${link.name}`, fd, SOL_SOCKET, SO_MARK, octets);
}

// struct packet_mreq: ifindex i32, type u16, address length u16, address[8]. The membership ends with the socket.
function join(link: Link, fd: number, group: Mac): void {
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  view.setInt32(0, link.index, true);
  view.setUint16(4, PACKET_MR_MULTICAST, true);
  view.setUint16(6, 6, true);
  octets.set(macOctets(group), 8);
  setSocketOption(`join group ${group} on ${link.name}`, fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, octets);
}

function sockaddr(etherType: number, ifindex: number): Uint8Array {
  const octets = new Uint8Array(SOCKADDR_LL);
  const view = new DataView(octets.buffer);
  view.setUint16(0, AF.packet, true);
  view.setUint16(2, etherType);
  view.setInt32(4, ifindex, true);
  return octets;
}
