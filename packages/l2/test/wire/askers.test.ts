import { setImmediate as breath } from "node:timers/promises";
import { MemoryLan } from "@fairlead/linux/testing";
import { formatAddress, parseAddress } from "@fairlead/net";
import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { CLIENT_SLOTS, clientSlot } from "../../src/client-hash.ts";
import { arpRequest, decodeArp } from "../../src/packet/arp.ts";
import { decodeEthernet, encodeEthernet } from "../../src/packet/ethernet.ts";
import { neighborSolicitation } from "../../src/packet/ndp.ts";
import { ndpIn } from "../../src/testing/ndp-in.ts";
import { Askers } from "../../src/wire/askers.ts";

const ALL = new Set(Array.from({ length: CLIENT_SLOTS }, (_, slot) => slot));
const CASES = [
  { address: "192.0.2.50", other: "192.0.2.51", client: "192.0.2.9" },
  { address: "2001:db8::50", other: "2001:db8::51", client: "2001:db8::9" },
] as const;

for (const { address, other, client } of CASES) {
  describe(`who asked for ${address}`, () => {
    const clock = new FakeClock();
    const ip = parseAddress(client);
    const slot = clientSlot(ip);

    const setUp = () => {
      const lan = new MemoryLan();
      const node = lan.host("a", "192.0.2.1/24", "fe80::1/64");
      const host = lan.host("client", `${client}/24`);
      const { mac } = host.link();
      const askers = new Askers({ openLinkSocket: node.openLinkSocket, link: node.link, clock });
      askers.listenFor([address]);
      const socket = host.openLinkSocket(host.link(), [0x0806], () => {});
      const ask = async (target: string) => {
        const wanted = parseAddress(target);
        socket.send(
          encodeEthernet(ip.family === 4 ? arpRequest({ mac, ip }, wanted) : neighborSolicitation(mac, ip, wanted)),
        );
        await breath();
      };
      return { askers, ask, mac, own: node.link().mac };
    };
    const told = (frame: Uint8Array | undefined) => {
      if (frame === undefined) throw new Error("nobody is told");
      const { destination, source } = decodeEthernet(frame);
      if (ip.family === 4) {
        const { operation, sender, target } = decodeArp(decodeEthernet(frame).payload);
        expect(operation).to.equal("reply");
        return { destination, source, says: formatAddress(sender.ip), by: sender.mac, to: formatAddress(target.ip) };
      }
      const ndp = ndpIn(frame);
      if (ndp?.message.kind !== "advertisement") throw new Error("no advertisement");
      const { message, packet } = ndp;
      expect(message.override).to.equal(true);
      return {
        destination,
        source,
        says: formatAddress(message.target),
        by: message.mac,
        to: formatAddress(packet.destination),
      };
    };

    it("is told by unicast, if it is of the part", async () => {
      const { askers, ask, mac, own } = setUp();
      await ask(address);
      expect(askers.framesTo(address, new Set([...ALL].filter((each) => each !== slot)))).to.deep.equal([]);
      const frames = askers.framesTo(address, new Set([slot]));
      expect(frames).to.have.length(1);
      expect(told(frames[0])).to.deep.equal({ destination: mac, source: own, says: address, by: own, to: client });
    });

    it("is told once, however often it asked, and for ten minutes", async () => {
      const { askers, ask } = setUp();
      await ask(address);
      await ask(address);
      expect(askers.framesTo(address, ALL)).to.have.length(1);
      await clock.advance(600_001);
      expect(askers.framesTo(address, ALL)).to.deep.equal([]);
    });

    it("is not told of what it did not ask for, nor of what is shared no more", async () => {
      const { askers, ask } = setUp();
      await ask(other);
      expect(askers.framesTo(address, ALL)).to.deep.equal([]);
      await ask(address);
      askers.listenFor([]);
      askers.listenFor([address]);
      expect(askers.framesTo(address, ALL)).to.deep.equal([]);
    });
  });
}
