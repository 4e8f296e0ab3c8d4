import { BROADCAST_MAC, formatPrefix, type Mac, macOctets } from "@fairlead/net";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { BPF } from "../packet/bpf.ts";
import type { Link, LinkSocket, Links, OpenLinkSocket } from "../ports.ts";

/** One end of a segment with two. */
export interface LinkEnd {
  readonly links: Links;
  readonly openLinkSocket: OpenLinkSocket;
  /** This end's link as `links` has it. */
  link(): Link;
}

/** Two ends with carrier. The left one has the address 192.0.2.1/24. */
export interface Segment {
  readonly left: LinkEnd;
  readonly right: LinkEnd;
  /** Takes the left link down, or brings it back up. */
  setUp(up: boolean): Promise<void>;
  close(): Promise<void>;
}

const ETHERTYPE = 0x88b5;
const OTHER_ETHERTYPE = 0x88b6;
const OTHER_MAC: Mac = "02:00:5e:00:53:99";
const GROUP_MAC: Mac = "01:00:5e:00:00:99";

/** A frame of 60 octets; `mark` tells it from others. */
function frame(destination: Mac, source: Mac, etherType: number, mark: number): Uint8Array {
  const octets = new Uint8Array(60).fill(mark);
  octets.set(macOctets(destination), 0);
  octets.set(macOctets(source), 6);
  octets.set([etherType >> 8, etherType & 0xff], 12);
  return octets;
}

/** Tests that every {@link Links} and {@link OpenLinkSocket} pass; `open` gives a fresh segment. */
export function linkCompliance(name: string, open: () => Promise<Segment>): void {
  describe(`Links and LinkSocket: ${name}`, () => {
    let segment: Segment;
    let sockets: LinkSocket[];
    let received: Uint8Array[];
    beforeEach(async () => {
      segment = await open();
      sockets = [];
      received = [];
    });
    afterEach(async () => {
      for (const socket of sockets) socket.close();
      await segment.close();
    });

    const openOn = (end: LinkEnd, onFrame: (octets: Uint8Array) => void, types = [ETHERTYPE]): LinkSocket => {
      const socket = end.openLinkSocket(end.link(), types, onFrame, { groups: [GROUP_MAC] });
      sockets.push(socket);
      return socket;
    };
    const listen = (types?: number[]) => openOn(segment.right, (octets) => received.push(octets), types);
    const sender = () => openOn(segment.left, () => undefined);
    const toAll = (mark: number, etherType = ETHERTYPE) =>
      frame(BROADCAST_MAC, segment.left.link().mac, etherType, mark);
    const arrivals = (count: number) => until(`${count} frames have arrived`, () => received.length >= count);

    it("delivers a frame whole and unchanged", async () => {
      listen();
      sender().send(toAll(1));
      await arrivals(1);
      expect(received).to.deep.equal([toAll(1)]);
    });

    it("delivers what is sent to the link itself and to a group that it joined, but not to others", async () => {
      listen();
      const socket = sender();
      const from = segment.left.link().mac;
      for (const to of [OTHER_MAC, segment.right.link().mac, GROUP_MAC]) socket.send(frame(to, from, ETHERTYPE, 2));
      await arrivals(2);
      const destinations = received.map((octets) => octets.slice(0, 6));
      expect(destinations).to.deep.equal([segment.right.link().mac, GROUP_MAC].map(macOctets));
    });

    it("delivers only the EtherTypes asked for", async () => {
      listen([OTHER_ETHERTYPE]);
      const socket = sender();
      socket.send(toAll(1));
      socket.send(toAll(2, OTHER_ETHERTYPE));
      await arrivals(1);
      expect(received).to.deep.equal([toAll(2, OTHER_ETHERTYPE)]);
    });

    it("delivers only what its filter lets through", async () => {
      const MARK = 14;
      const filter = [BPF.load(1, MARK), BPF.and(0xf0), BPF.ifEqual(0x20, 0, 1), BPF.accept, BPF.refuse];
      const { right } = segment;
      sockets.push(right.openLinkSocket(right.link(), [ETHERTYPE], (octets) => received.push(octets), { filter }));
      const socket = sender();
      for (const mark of [0x12, 0x21, 0x31, 0x2f]) socket.send(toAll(mark));
      await arrivals(2);
      expect(received.map((octets) => octets[MARK])).to.deep.equal([0x21, 0x2f]);
    });

    it("delivers several EtherTypes to one socket", async () => {
      listen([ETHERTYPE, OTHER_ETHERTYPE]);
      const socket = sender();
      socket.send(toAll(1));
      socket.send(toAll(2, OTHER_ETHERTYPE));
      await arrivals(2);
      expect(received).to.have.deep.members([toAll(1), toAll(2, OTHER_ETHERTYPE)]);
    });

    it("sends with a mark, and without hearing anything if it is opened for no EtherType", async () => {
      listen();
      const heard: Uint8Array[] = [];
      const { left, right } = segment;
      const deaf = left.openLinkSocket(left.link(), [], (octets) => heard.push(octets), { mark: 7 });
      sockets.push(deaf);
      openOn(right, () => undefined).send(frame(BROADCAST_MAC, right.link().mac, ETHERTYPE, 1));
      deaf.send(toAll(2));
      await arrivals(1);
      expect(received).to.deep.equal([toAll(2)]);
      expect(heard).to.deep.equal([]);
    });

    it("does not deliver a frame to its own sender", async () => {
      listen();
      const own: Uint8Array[] = [];
      openOn(segment.left, (octets) => own.push(octets)).send(toAll(1));
      await arrivals(1);
      expect(own).to.deep.equal([]);
    });

    it("never delivers within the call that sends", async () => {
      listen();
      sender().send(toAll(1));
      expect(received).to.deep.equal([]);
      await arrivals(1);
    });

    it("delivers nothing once closed, even from within a delivery", async () => {
      const first = openOn(segment.right, () => first.close());
      let seen = 0;
      const closing = openOn(segment.right, () => {
        seen++;
        closing.close();
      });
      listen();
      const socket = sender();
      for (const mark of [1, 2, 3]) socket.send(toAll(mark));
      await arrivals(3);
      expect(seen).to.equal(1);
    });

    it("refuses to send once closed, and a frame that is too long", async () => {
      const socket = sender();
      expect(() => socket.send(new Uint8Array(segment.left.link().mtu + 100))).to.throw("EMSGSIZE");
      socket.close();
      socket.close();
      expect(() => socket.send(toAll(1))).to.throw("EBADF");
    });

    it("loses frames while the link is down, and goes on when it is up again", async () => {
      listen();
      const socket = sender();
      await segment.setUp(false);
      await until("the link is down", () => !segment.left.link().up);
      socket.send(toAll(1));
      await segment.setUp(true);
      await until("both links are up", () => segment.left.link().up && segment.right.link().up);
      socket.send(toAll(2));
      await arrivals(1);
      expect(received).to.deep.equal([toAll(2)]);
    });

    it("tells of a link that goes down, until cancelled", async () => {
      let heard = 0;
      let cancelled = 0;
      const cancel = segment.left.links.onChange(() => cancelled++);
      segment.left.links.onChange(() => heard++);
      cancel();
      cancel();
      await segment.setUp(false);
      await until("the change is told", () => heard > 0);
      expect(segment.left.link().up).to.equal(false);
      expect(cancelled).to.equal(0);
    });

    it("knows the address, MTU and Ethernet address of a link", () => {
      const link = segment.left.link();
      expect(link.addresses.map(formatPrefix)).to.include("192.0.2.1/24");
      expect(link.mtu).to.equal(1_500);
      expect(link.mac).to.match(/^02(:[0-9a-f]{2}){5}$/);
      expect(link).to.include({ up: true, loopback: false, noArp: false });
      expect(link).not.to.have.property("master");
    });
  });
}
