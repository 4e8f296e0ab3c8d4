import { type IpAddress, parseAddress } from "@fairlead/net";
import { MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { AnswerKeeper } from "../src/answer-keeper.ts";
import { begin } from "../src/ownership/ownership.ts";
import { DEFAULT_TIMING } from "../src/ownership/timing.ts";
import type { Responder } from "../src/ports.ts";
import { type Journal, RecordingResponder } from "./driver-bench.ts";

const LINK = { name: "eth0", mac: "02:00:5e:00:53:01", up: true, prefixes: [] } as const;
const STATE = begin("a", DEFAULT_TIMING, LINK, 0, 1n);
const FORMER = new Map([["192.0.2.50", parseAddress("192.0.2.9")]]);

class PassingResponder extends RecordingResponder {
  readonly journal: Journal;

  constructor(journal: Journal) {
    super("a", journal);
    this.journal = journal;
  }

  async passOn(former: ReadonlyMap<string, IpAddress>): Promise<void> {
    this.journal.push(`a passes on ${[...former.keys()].join(" ")}`);
  }
}

function keeperOf(responder: Responder): AnswerKeeper {
  return new AnswerKeeper({ responder, link: "eth0", log: new MemoryLog(), onAnswering: () => {} });
}

describe("AnswerKeeper", () => {
  it("has what is late passed on before it answers", async () => {
    const responder = new PassingResponder([]);
    const keeper = keeperOf(responder);
    keeper.follow(STATE, FORMER);
    await keeper.settled;
    expect(responder.journal).to.deep.equal(["a passes on 192.0.2.50", "a answers nothing"]);
  });

  it("answers also where nothing can be passed on", async () => {
    const keeper = keeperOf(new RecordingResponder("a", []));
    keeper.follow(STATE, FORMER);
    await keeper.settled;
    expect(keeper.isStale).to.equal(false);
  });
});
