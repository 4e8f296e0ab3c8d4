import { MemoryLan } from "@fairlead/linux/testing";
import { formatAddress, type IpAddress, parseAddress } from "@fairlead/net";
import type { TimedElement } from "@fairlead/nftables";
import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { gateKeeper, KernelResponder } from "../../src/responder/kernel-responder.ts";
import type { GateKeeper } from "../../src/responder/kernel-rules.ts";

const LINK = { ...new MemoryLan().host("n1", "192.0.2.11/24").link(), index: 7 };
const FIRST = parseAddress("192.0.2.50");
const SECOND = parseAddress("192.0.2.51");
const FIRST6 = parseAddress("2001:db8::50");
const SECOND6 = parseAddress("2001:db8::51");

/** Remembers scripts, and refuses the next ones when told to. */
class RecordingNft {
  readonly scripts: string[] = [];
  /** What happened beside, in order. */
  readonly journal: string[];

  constructor(journal: string[]) {
    this.journal = journal;
  }
  refusals = 0;

  async load(script: string): Promise<void> {
    if (this.refusals > 0) {
      this.refusals--;
      throw new Error("refused");
    }
    this.scripts.push(script);
    this.journal.push("load");
  }
}

/** Memberships that refuse the addresses in `refused`, all in one journal. */
class Kernel {
  readonly journal: string[] = [];
  readonly refused = new Set<string>();
  /** Whether no membership can be had at all. */
  absent = false;
  readonly refusals: string[] = [];

  readonly openAnycast = () => {
    if (this.absent) throw new Error("no IPv6");
    this.journal.push("open");
    return {
      join: (address: IpAddress) => {
        const text = formatAddress(address);
        if (this.refused.has(text)) throw new Error("it is mine");
        this.journal.push(`join ${text}`);
      },
      leave: (address: IpAddress) => void this.journal.push(`leave ${formatAddress(address)}`),
      close: () => void this.journal.push("close"),
    };
  };

  readonly openSubstitute = () => ({
    kind: "userspace" as const,
    keptByHeartbeats: false,
    answer: async (addresses: readonly IpAddress[]) => {
      this.journal.push(["substitute", ...addresses.map(formatAddress)].join(" "));
    },
    repair: async () => void this.journal.push("repair substitute"),
    refresh: () => void this.journal.push("refresh substitute"),
    close: async () => void this.journal.push("close substitute"),
  });

  readonly onRefused = (address: IpAddress, error: unknown) => {
    this.refusals.push(`${formatAddress(address)}: ${error}`);
  };
}

function setUp(keptBy: GateKeeper = "refresh") {
  const kernel = new Kernel();
  const nft = new RecordingNft(kernel.journal);
  const gates: { element: TimedElement; onLost: () => void; refreshes: number; closed: boolean }[] = [];
  let counted = 0;
  const table = { isThere: true };
  const openGate = (element: TimedElement, onLost: () => void) => {
    const gate = { element, onLost, refreshes: 0, closed: false };
    gates.push(gate);
    return {
      refresh: () => void gate.refreshes++,
      counters: () => (table.isThere ? new Map([["Answered", ++counted]]) : new Map<string, number>()),
      close: () => void Object.assign(gate, { closed: true }),
    };
  };
  const outcomes: string[] = [];
  const responder = new KernelResponder({
    nft,
    clock: new FakeClock(),
    openGate,
    onOutcome: (outcome, count) => void outcomes.push(`${count} ${outcome}`),
    link: LINK,
    timeoutMillis: 700,
    keptBy,
    ...kernel,
  });
  return { nft, gates, responder, kernel, outcomes, table };
}

async function fails(promise: Promise<void>): Promise<boolean> {
  return promise.then(
    () => false,
    () => true,
  );
}

describe("KernelResponder", () => {
  it("replaces a table that was left over by one with the gate and the addresses", async () => {
    const { nft, gates, responder } = setUp();
    await responder.answer([SECOND, FIRST]);
    expect(nft.scripts).to.have.length(1);
    const [script = ""] = nft.scripts;
    expect(script).to.match(/^table netdev fairlead-l2-7\ndelete table netdev fairlead-l2-7\ntable netdev /);
    expect(script).to.contain("set answer { type ipv4_addr; elements = { 192.0.2.50, 192.0.2.51 } }");
    expect(script).to.contain('elements = { "eth0" timeout 700ms }');
    expect(script).to.contain(`ether daddr { ff:ff:ff:ff:ff:ff, ${LINK.mac} }`);
    expect(gates.map(({ element }) => element)).to.deep.equal([
      { table: "fairlead-l2-7", set: "gate", key: Uint8Array.of(7, 0, 0, 0), timeoutMillis: 700 },
    ]);
  });

  it("declares no elements for no address", async () => {
    const { nft, responder } = setUp();
    await responder.answer([]);
    expect(nft.scripts[0])
      .to.contain("set answer { type ipv4_addr; }")
      .and.to.contain("set answer6 { typeof @th,64,128; }");
  });

  it("loads only what changes", async () => {
    const { nft, responder } = setUp();
    await responder.answer([FIRST]);
    await responder.answer([SECOND]);
    await responder.answer([SECOND, FIRST6]);
    await responder.answer([SECOND, FIRST6]);
    await responder.answer([]);
    expect(nft.scripts.slice(1)).to.deep.equal([
      "delete element netdev fairlead-l2-7 answer { 192.0.2.50 }\nadd element netdev fairlead-l2-7 answer { 192.0.2.51 }",
      "add element netdev fairlead-l2-7 answer6 { 0x20010db8000000000000000000000050 }",
      "delete element netdev fairlead-l2-7 answer { 192.0.2.51 }\ndelete element netdev fairlead-l2-7 answer6 { 0x20010db8000000000000000000000050 }",
    ]);
  });

  it("passes on what is late for addresses that were handed over, before it answers for them", async () => {
    const { nft, responder } = setUp();
    await responder.answer([SECOND]);
    const owned = new Set([SECOND, FIRST, FIRST6].map(formatAddress));
    void responder.passOn(new Map([["192.0.2.50", parseAddress("192.0.2.9")]]), owned);
    await responder.answer([SECOND, FIRST, FIRST6]);
    const [, late = "", answers = ""] = nft.scripts;
    expect(late).to.contain("add element ip fairlead-l2-7 former { 192.0.2.50 timeout 30000ms : 192.0.2.9 }\n");
    expect(answers).to.contain("answer { 192.0.2.50 }");
    await responder.close();
    expect(nft.scripts.at(-1)).to.contain("delete table ip fairlead-l2-7\n").and.to.contain("delete table ip6");
  });

  it("replaces the whole table after a load that failed", async () => {
    const { nft, responder } = setUp();
    await responder.answer([FIRST]);
    nft.refusals = 1;
    expect(await fails(responder.answer([SECOND]))).to.equal(true);
    await responder.answer([SECOND]);
    expect(nft.scripts.at(-1))
      .to.match(/^table netdev/)
      .and.to.contain("elements = { 192.0.2.51 }");
  });

  it("refreshes the gate, once there is one", async () => {
    const { gates, responder } = setUp();
    responder.refresh();
    await responder.answer([FIRST]);
    await responder.answer([SECOND]);
    responder.refresh();
    expect(gates.map(({ refreshes }) => refreshes)).to.deep.equal([1]);
  });

  it("tells what the kernel has counted, also before its table goes", async () => {
    const { responder, outcomes } = setUp();
    responder.refresh();
    await responder.answer([FIRST]);
    expect(outcomes).to.deep.equal([]);
    responder.refresh();
    expect(outcomes).to.deep.equal(["1 Answered"]);
    await responder.answer([FIRST], [{ address: SECOND, slots: new Set([1]) }]);
    expect(outcomes).to.deep.equal(["1 Answered", "1 Answered"]);
    await responder.close();
    expect(outcomes).to.deep.equal(["1 Answered", "1 Answered", "3 Answered"]);
  });

  it("makes a lost table anew with what was wanted last, once for many reports", async () => {
    const { nft, gates, responder } = setUp();
    await responder.answer([FIRST]);
    await responder.answer([SECOND]);
    gates[0]?.onLost();
    gates[0]?.onLost();
    await responder.answer([SECOND]);
    expect(nft.scripts).to.have.length(3);
    expect(nft.scripts[2])
      .to.match(/^table netdev/)
      .and.to.contain("elements = { 192.0.2.51 }");
  });

  it("tries again when a lost table could not be made", async () => {
    const { nft, gates, responder } = setUp();
    await responder.answer([FIRST]);
    nft.refusals = 1;
    gates[0]?.onLost();
    await responder.answer([FIRST]);
    expect(nft.scripts).to.have.length(2);
  });

  it("removes its table when closed, and stays closed", async () => {
    const { nft, gates, responder } = setUp();
    await responder.answer([FIRST]);
    await responder.close();
    await responder.answer([SECOND]);
    gates[0]?.onLost();
    expect(gates[0]?.closed).to.equal(true);
    expect(nft.scripts.slice(1)).to.deep.equal(["table netdev fairlead-l2-7\ndelete table netdev fairlead-l2-7\n"]);
  });

  it("has the kernel take IPv6 addresses after the gate knows them, and lose them before it does", async () => {
    const { kernel, responder } = setUp();
    await responder.answer([FIRST]);
    await responder.answer([FIRST, SECOND6, FIRST6]);
    await responder.answer([FIRST, SECOND6]);
    await responder.close();
    expect(kernel.journal).to.deep.equal([
      ...["load", "load", "open", "join 2001:db8::50", "join 2001:db8::51"],
      ...["leave 2001:db8::50", "load", "close", "load"],
    ]);
  });

  it("does not join again when a lost table is made anew", async () => {
    const { kernel, gates, responder } = setUp();
    await responder.answer([FIRST6]);
    gates[0]?.onLost();
    await responder.answer([FIRST6]);
    expect(kernel.journal).to.deep.equal(["load", "open", "join 2001:db8::50", "load"]);
  });

  it("does not join what the gate does not know", async () => {
    const { kernel, nft, responder } = setUp();
    nft.refusals = 1;
    expect(await fails(responder.answer([FIRST6]))).to.equal(true);
    expect(kernel.journal).to.deep.equal([]);
  });

  it("has a substitute answer for what the kernel refuses, tells so once, and tries again", async () => {
    const { kernel, responder } = setUp();
    kernel.refused.add("2001:db8::50");
    await responder.answer([FIRST, FIRST6, SECOND6]);
    responder.refresh();
    await responder.answer([FIRST6]);
    kernel.refused.clear();
    await responder.answer([FIRST6]);
    await responder.close();
    expect(kernel.refusals).to.deep.equal(["2001:db8::50: Error: it is mine"]);
    expect(kernel.journal).to.deep.equal([
      ...["load", "open", "join 2001:db8::51", "substitute 2001:db8::50", "refresh substitute"],
      ...["leave 2001:db8::51", "load", "substitute 2001:db8::50"],
      ...["join 2001:db8::50", "substitute", "close substitute", "close", "load"],
    ]);
  });

  it("has a substitute answer for all IPv6 addresses where the kernel takes none", async () => {
    const { kernel, responder } = setUp();
    kernel.absent = true;
    await responder.answer([FIRST, FIRST6, SECOND6]);
    expect(kernel.journal).to.deep.equal(["load", "substitute 2001:db8::50 2001:db8::51"]);
  });

  for (const name of ['quo"te', "back\\slash", "star*", "", "sixteen-letters-"]) {
    it(`refuses the link name ${JSON.stringify(name)}`, async () => {
      const { nft } = setUp();
      expect(await gateKeeper(nft, { ...LINK, name })).to.equal(undefined);
      expect(nft.scripts).to.deep.equal([]);
    });
  }

  for (const [refusals, keeper] of [
    [0, "heartbeats"],
    [1, "refresh"],
    [2, undefined],
  ] as const) {
    it(`is kept by ${keeper ?? "nothing"} where the first ${refusals} tables are refused, and leaves nothing behind`, async () => {
      const { nft } = setUp();
      nft.refusals = refusals;
      expect(await gateKeeper(nft, LINK)).to.equal(keeper);
      const last = nft.scripts.at(-1);
      if (keeper !== undefined)
        expect(last).to.equal("table netdev fairlead-l2-7\ndelete table netdev fairlead-l2-7\n");
    });
  }

  it("has heartbeats with the mark open the gate as they leave, where they can", async () => {
    const { nft, responder, gates } = setUp("heartbeats");
    await responder.answer([FIRST]);
    expect(nft.scripts[0]).to.contain("ether type 0x88b5 meta mark 0x464c4842 update @gate { meta oif timeout 700ms }");
    responder.refresh();
    expect(gates.map(({ refreshes }) => refreshes)).to.deep.equal([0]);
    expect(responder.keptByHeartbeats).to.equal(true);
  });

  it("makes its table anew once it is gone, where no refresh says so", async () => {
    const { nft, responder, table } = setUp("heartbeats");
    await responder.answer([FIRST]);
    responder.refresh();
    expect(nft.scripts).to.have.length(1);
    table.isThere = false;
    responder.refresh();
    responder.refresh();
    await responder.answer([FIRST]);
    expect(nft.scripts).to.have.length(2);
    expect(nft.scripts[1]).to.contain("192.0.2.50");
  });
});
