import type { Link, LinkSocket, NdpSocket, OpenLinkSocket, OpenNdpSocket } from "@fairlead/linux";
import { formatAddress, type IpAddress, parseAddress } from "@fairlead/net";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { ETHERTYPE, type EthernetFrame, encodeEthernet } from "../packet/ethernet.ts";
import { decodeIcmpv6, encodeIcmpv6, type Icmpv6Packet } from "../packet/ipv6.ts";
import {
  ALL_NODES,
  decodeNdp,
  duplicateProbe,
  encodeNdp,
  groupMac,
  type NdpMessage,
  neighborSolicitation,
  solicitedNodeGroup,
} from "../packet/ndp.ts";
import { ndpIn } from "./ndp-in.ts";

/** Two ends of a link: a socket is opened on one, frames are sent and heard on the other. */
export interface NdpSegment {
  readonly openNdpSocket: OpenNdpSocket;
  /** The socket's link, which has the address {@link NODE}. */
  readonly link: Link;
  /** The other end, which has the address {@link PEER}. */
  readonly peer: { readonly openLinkSocket: OpenLinkSocket; readonly link: Link };
  close(): Promise<void>;
}

/** Link-local address of the socket's link. */
export const NODE: IpAddress = parseAddress("fe80::1");
/** Link-local address of the other end. */
export const PEER: IpAddress = parseAddress("fe80::2");

const TARGET = parseAddress("2001:db8::50");
const OTHER = parseAddress("2001:db8::51");
const GROUP = solicitedNodeGroup(TARGET);
const ANSWER: NdpMessage = {
  kind: "advertisement",
  router: false,
  solicited: false,
  override: true,
  target: TARGET,
  mac: "02:00:5e:00:53:01",
};

/** Tests that every {@link OpenNdpSocket} passes; `open` gives a fresh segment. */
export function ndpSocketCompliance(name: string, open: () => Promise<NdpSegment>): void {
  describe(`NdpSocket: ${name}`, () => {
    let segment: NdpSegment;
    let socket: NdpSocket;
    /** Targets of the solicitations that the socket handed over, with their sources. */
    let heard: string[];
    let arrived: Icmpv6Packet[];
    let wire: LinkSocket;
    beforeEach(async () => {
      segment = await open();
      heard = [];
      arrived = [];
      const { peer, link, openNdpSocket } = segment;
      wire = peer.openLinkSocket(peer.link, [ETHERTYPE.ipv6], (frame) => hearAtPeer(frame), {
        groups: [groupMac(ALL_NODES)],
      });
      socket = openNdpSocket(link, (message, source) => {
        heard.push(`${formatAddress(decodeNdp(message).target)} from ${formatAddress(source)}`);
      });
      socket.join(GROUP);
    });
    afterEach(async () => {
      socket.close();
      wire.close();
      await segment.close();
    });

    const send = (frame: EthernetFrame) => wire.send(encodeEthernet(frame));
    const hearAtPeer = (frame: Uint8Array) => {
      const received = ndpIn(frame);
      if (received?.message.kind === "advertisement") arrived.push(received.packet);
    };
    const solicitation = (target = TARGET) => neighborSolicitation(segment.peer.link.mac, PEER, target);
    const rewrite = (change: Partial<Icmpv6Packet>): EthernetFrame => {
      const frame = solicitation();
      return { ...frame, payload: encodeIcmpv6({ ...decodeIcmpv6(frame.payload), ...change }) };
    };
    /** Sends a good solicitation and waits for it: what was sent before has been handed over by then, or never is. */
    const settle = async () => {
      send(solicitation());
      await until("the last solicitation is heard", () => heard.at(-1) === "2001:db8::50 from fe80::2");
      return heard.slice(0, -1);
    };

    it("hears solicitations to a group that it joined, with their source", async () => {
      expect(await settle()).to.deep.equal([]);
    });

    it("hears a probe for duplicates", async () => {
      send(duplicateProbe(segment.peer.link.mac, TARGET));
      expect(await settle()).to.deep.equal(["2001:db8::50 from ::"]);
    });

    it("hears a solicitation that was sent to the node alone", async () => {
      send({ ...rewrite({ destination: NODE }), destination: segment.link.mac });
      expect(await settle()).to.deep.equal(["2001:db8::50 from fe80::2"]);
    });

    it("hears nothing with another hop limit than 255 (RFC 4861 §7.1.1)", async () => {
      for (const hopLimit of [254, 64, 1]) send(rewrite({ hopLimit }));
      expect(await settle()).to.deep.equal([]);
    });

    it("hears nothing with a wrong checksum", async () => {
      const frame = solicitation();
      const payload = frame.payload.slice();
      payload[42] = (payload[42] ?? 0) ^ 1;
      send({ ...frame, payload });
      expect(await settle()).to.deep.equal([]);
    });

    it("hears no advertisement", async () => {
      send(rewrite({ message: encodeNdp(ANSWER) }));
      expect(await settle()).to.deep.equal([]);
    });

    it("hears no group that it has left, and hears it again once joined again", async () => {
      const group = solicitedNodeGroup(OTHER);
      socket.join(group);
      socket.leave(group);
      send(solicitation(OTHER));
      expect(await settle()).to.deep.equal([]);
      socket.join(group);
      send(solicitation(OTHER));
      await until("the other group is heard", () => heard.at(-1) === "2001:db8::51 from fe80::2");
    });

    it("joins a thousand groups", async () => {
      for (let i = 0; i < 1_000; i++) socket.join(solicitedNodeGroup({ family: 6, value: TARGET.value + BigInt(i) }));
      send(solicitation({ family: 6, value: TARGET.value + 999n }));
      await until("the last group is heard", () => heard.at(-1) === "2001:db8::437 from fe80::2");
    });

    it("sends from the link's own address with hop limit 255 and the right checksum, to all and to one", async () => {
      await settle(); // so that the peer's Ethernet address is known
      socket.send(encodeNdp(ANSWER), ALL_NODES);
      socket.send(encodeNdp(ANSWER), PEER);
      await until("both have arrived", () => arrived.length === 2);
      for (const [i, destination] of [ALL_NODES, PEER].entries()) {
        const packet = arrived[i];
        expect(packet).to.deep.include({ source: NODE, destination, hopLimit: 255 });
        expect(decodeNdp(packet?.message ?? new Uint8Array())).to.deep.equal(ANSWER);
      }
    });

    it("hears nothing once closed", async () => {
      const second: string[] = [];
      const other = segment.openNdpSocket(segment.link, () => second.push("heard"));
      other.join(GROUP);
      other.close();
      other.close();
      await settle();
      expect(second).to.deep.equal([]);
    });
  });
}
