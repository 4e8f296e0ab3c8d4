import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { type GateError, NetlinkGate, NftCommand } from "@fairlead/nftables/io";
import { until } from "@fairlead/testing";
import { expect } from "chai";

const execute = promisify(execFile);
const nft = new NftCommand();
const TABLE = "netdev gate-test";

function declare(table: string): string {
  return `table netdev ${table} {\n  set gate { type ether_type; flags timeout; }\n}\n`;
}

async function elements(): Promise<string> {
  return (await execute("nft", ["list", "set", "netdev", "gate-test", "gate"])).stdout;
}

/** Milliseconds until the element goes; undefined when it is not there. */
async function expires(): Promise<number | undefined> {
  const match = /expires (?:(\d+)s)?(?:(\d+)ms)?/.exec(await elements());
  return match === null ? undefined : Number(match[1] ?? 0) * 1_000 + Number(match[2] ?? 0);
}

describe("NetlinkGate", () => {
  let errors: GateError[];
  let gates: NetlinkGate[];
  beforeEach(async () => {
    errors = [];
    gates = [];
    await nft.load(declare("gate-test"));
  });
  afterEach(async () => {
    for (const gate of gates) gate.close();
    await nft.load(`add table ${TABLE}\ndelete table ${TABLE}`);
  });

  const open = (timeoutMillis: number, table = "gate-test") => {
    const element = { table, set: "gate", key: Uint8Array.of(8, 6), timeoutMillis };
    const gate = new NetlinkGate(element, (error) => errors.push(error));
    gates.push(gate);
    return gate;
  };

  it("adds an element that is not there", async () => {
    open(50_000).refresh();
    expect(await elements()).to.contain("arp timeout 50s");
    expect(errors).to.deep.equal([]);
  });

  it("gives an element that is there its whole timeout again", async () => {
    open(2_000).refresh();
    await until("half of the time is over", async () => ((await expires()) ?? 0) < 1_000);
    open(50_000).refresh();
    expect(await expires()).to.be.greaterThan(40_000);
    expect(errors).to.deep.equal([]);
  });

  it("reads the counters of its table, and none of a table that is not there", async () => {
    await nft.load("table netdev gate-test {\n  counter some { packets 7 bytes 9; }\n  counter none { }\n}\n");
    const counters = new Map([
      ["some", 7],
      ["none", 0],
    ]);
    expect(open(50_000).counters()).to.deep.equal(counters);
    expect(open(50_000, "other").counters()).to.deep.equal(new Map());
  });

  it("leaves it to go after 300 ms without a refresh", async () => {
    const gate = open(300);
    gate.refresh();
    await until("the element is gone", async () => (await expires()) === undefined);
    gate.refresh();
    expect(await expires()).to.be.within(1, 300);
  });

  it("keeps it there for many timeouts of 300 ms", async () => {
    const gate = open(300);
    const keepAlive = setInterval(() => gate.refresh(), 50);
    for (let i = 0; i < 10; i++) {
      await delay(100);
      expect(await expires(), `after ${i + 1} tenths of a second`).not.to.equal(undefined);
    }
    clearInterval(keepAlive);
    expect(errors).to.deep.equal([]);
  });

  it("tells of a table that is not there, and works once it is", async () => {
    const gate = open(50_000, "absent");
    gate.refresh();
    expect(errors.map(({ code }) => code)).to.deep.equal(["ENOENT"]);
    expect(errors[0]?.message).to.equal(
      'Cannot refresh element of set "gate" in table netdev "absent": kernel answered ENOENT',
    );
    await nft.load(declare("absent"));
    gate.refresh();
    await nft.load("delete table netdev absent");
    expect(errors).to.have.length(1);
  });

  it("does nothing once closed", async () => {
    const gate = open(50_000);
    gate.close();
    gate.close();
    gate.refresh();
    expect(await expires()).to.equal(undefined);
    expect(errors).to.deep.equal([]);
  });

  it("never fails while other transactions come and go", async () => {
    const gate = open(1);
    let done = false;
    const noise = (async () => {
      for (let i = 0; i < 20; i++) await nft.load(`${declare("noise")}delete table netdev noise`);
      done = true;
    })();
    // A timeout of 1 ms makes elements run out at any point of a refresh.
    while (!done) {
      for (let i = 0; i < 100; i++) gate.refresh();
      await delay(0);
    }
    await noise;
    expect(errors).to.deep.equal([]);
  });
});
