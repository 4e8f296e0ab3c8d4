import { ndpIn, ndpOverFrames, responderCompliance } from "@fairlead/l2/testing";
import { MemoryLan } from "@fairlead/linux/testing";
import { formatAddress, type IpAddress, type Mac, parseAddress } from "@fairlead/net";
import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { arpRequest, decodeArp } from "../../src/packet/arp.ts";
import { decodeEthernet, ETHERTYPE, encodeEthernet } from "../../src/packet/ethernet.ts";
import { neighborSolicitation } from "../../src/packet/ndp.ts";
import type { DropReason } from "../../src/responder/drop-reason.ts";
import { UserspaceResponder, type UserspaceResponderOptions } from "../../src/responder/userspace-responder.ts";

const TIMEOUT = 700;
const VIP = parseAddress("192.0.2.50");

function setUp(rest: Partial<UserspaceResponderOptions> = {}) {
  const lan = new MemoryLan();
  const node = lan.host("n1", "192.0.2.11/24", "2001:db8::11/64");
  const client = lan.host("client", "192.0.2.100/24", "2001:db8::100/64");
  const clock = new FakeClock();
  const outcomes: ("Answered" | DropReason)[] = [];
  const responder = new UserspaceResponder({
    openLinkSocket: node.openLinkSocket,
    openNdpSocket: ndpOverFrames(node.openLinkSocket),
    clock,
    link: node.link(),
    timeoutMillis: TIMEOUT,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...rest,
  });
  let answered: Mac | undefined;
  const { mac: clientMac } = client.link();
  const socket = client.openLinkSocket(client.link(), [ETHERTYPE.arp, ETHERTYPE.ipv6], (octets) => {
    const { etherType, payload } = decodeEthernet(octets);
    answered = etherType === ETHERTYPE.arp ? decodeArp(payload).sender.mac : ndpIn(octets)?.message.mac;
  });
  const ask = async (address: IpAddress, destination?: Mac): Promise<Mac | undefined> => {
    answered = undefined;
    const request =
      address.family === 4
        ? arpRequest({ mac: clientMac, ip: parseAddress("192.0.2.100") }, address)
        : neighborSolicitation(clientMac, parseAddress("2001:db8::100"), address);
    socket.send(encodeEthernet(destination === undefined ? request : { ...request, destination }));
    // Both frames have been carried by then, each in a turn of its own.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    return answered;
  };
  return { responder, clock, outcomes, ask, mac: node.link().mac };
}

responderCompliance("userspace, in memory", async () => {
  const { responder, clock, ask, mac } = setUp();
  return {
    responder,
    mac,
    ask,
    expire: async () => clock.advance(TIMEOUT),
    close: () => responder.close(),
  };
});

describe("UserspaceResponder", () => {
  it("answers to the last millisecond of its timeout", async () => {
    const { responder, clock, ask, mac } = setUp();
    await responder.answer([VIP]);
    await clock.advance(TIMEOUT - 1);
    expect(await ask(VIP)).to.equal(mac);
    await clock.advance(1);
    expect(await ask(VIP)).to.equal(undefined);
  });

  it("joins a group that several addresses have once, and leaves it with the last of them", async () => {
    const [first, second] = [parseAddress("2001:db8:1::50"), parseAddress("2001:db8:2::50")];
    const calls: string[] = [];
    const { responder } = setUp({
      openNdpSocket: () => ({
        join: (group) => calls.push(`join ${formatAddress(group)}`),
        leave: (group) => calls.push(`leave ${formatAddress(group)}`),
        send: () => {},
        close: () => calls.push("close"),
      }),
    });
    await responder.answer([VIP]);
    expect(calls).to.deep.equal([]);
    await responder.answer([first, second]);
    await responder.answer([second]);
    await responder.answer([VIP]);
    await responder.close();
    expect(calls).to.deep.equal(["join ff02::1:ff00:50", "leave ff02::1:ff00:50", "close"]);
  });

  it("joins a group with the next call when that failed, and not one twice", async () => {
    let failures = 1;
    const joined: string[] = [];
    const { responder } = setUp({
      openNdpSocket: () => ({
        join(group) {
          if (failures-- > 0) throw new Error("no room");
          joined.push(formatAddress(group));
        },
        leave: () => {},
        send: () => {},
        close: () => {},
      }),
    });
    const wanted = [parseAddress("2001:db8::50")];
    expect(await responder.answer(wanted).then(() => "done", String)).to.equal("Error: no room");
    await responder.answer(wanted);
    await responder.answer(wanted);
    expect(joined).to.deep.equal(["ff02::1:ff00:50"]);
  });

  it("tells what it answered, and why it did not", async () => {
    const { responder, clock, outcomes, ask } = setUp();
    await responder.answer([VIP]);
    await ask(VIP);
    await ask(parseAddress("192.0.2.51"));
    await clock.advance(TIMEOUT);
    await ask(VIP);
    expect(outcomes).to.deep.equal(["Answered", "NotAnsweredFor", "Expired"]);
    outcomes.length = 0;
    const vip6 = parseAddress("2001:db8::50");
    await responder.answer([vip6]);
    await ask(vip6);
    responder.refresh();
    await ask(vip6);
    await ask(parseAddress("2001:db8:1::50")); // of the same group
    expect(outcomes).to.deep.equal(["Expired", "Answered", "NotAnsweredFor"]);
  });

  it("is not refreshed by further addresses", async () => {
    const { responder, clock, ask } = setUp();
    await responder.answer([]);
    await clock.advance(TIMEOUT);
    await responder.answer([VIP]);
    expect(await ask(VIP)).to.equal(undefined);
  });
});
