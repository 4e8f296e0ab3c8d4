import {
  arpRequest,
  type DropReason,
  decodeArp,
  decodeEthernet,
  encodeEthernet,
  userspaceResponder,
} from "@fairlead/l2";
import { responderCompliance } from "@fairlead/l2/testing";
import { MemoryLan } from "@fairlead/linux/testing";
import { type IpAddress, type Mac, parseAddress } from "@fairlead/net";
import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";

const TIMEOUT = 700;
const VIP = parseAddress("192.0.2.50");

function setUp() {
  const lan = new MemoryLan();
  const node = lan.host("n1", "192.0.2.11/24");
  const client = lan.host("client", "192.0.2.100/24");
  const clock = new FakeClock();
  const outcomes: ("Answered" | DropReason)[] = [];
  const responder = userspaceResponder({
    openLinkSocket: node.openLinkSocket,
    clock,
    link: node.link(),
    timeoutMillis: TIMEOUT,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  let answered: Mac | undefined;
  const socket = client.openLinkSocket(client.link(), [0x0806], (frame) => {
    answered = decodeArp(decodeEthernet(frame).payload).sender.mac;
  });
  const ask = async (address: IpAddress, destination?: Mac): Promise<Mac | undefined> => {
    answered = undefined;
    const request = arpRequest({ mac: client.link().mac, ip: parseAddress("192.0.2.100") }, address);
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

describe("userspaceResponder", () => {
  it("answers to the last millisecond of its timeout", async () => {
    const { responder, clock, ask, mac } = setUp();
    await responder.answer([VIP]);
    await clock.advance(TIMEOUT - 1);
    expect(await ask(VIP)).to.equal(mac);
    await clock.advance(1);
    expect(await ask(VIP)).to.equal(undefined);
  });

  it("tells what it answered, and why it did not", async () => {
    const { responder, clock, outcomes, ask } = setUp();
    await responder.answer([VIP]);
    await ask(VIP);
    await ask(parseAddress("192.0.2.51"));
    await clock.advance(TIMEOUT);
    await ask(VIP);
    expect(outcomes).to.deep.equal(["Answered", "NotAnsweredFor", "Expired"]);
  });

  it("is not refreshed by further addresses", async () => {
    const { responder, clock, ask } = setUp();
    await responder.answer([]);
    await clock.advance(TIMEOUT);
    await responder.answer([VIP]);
    expect(await ask(VIP)).to.equal(undefined);
  });
});
