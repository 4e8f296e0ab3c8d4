import { type IpAddress, parseAddress } from "@fairlead/net";
import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { LateFrames } from "../../src/responder/late-frames.ts";

const OWNER = parseAddress("192.0.2.9");
const OWNER6 = parseAddress("2001:db8::9");

function setUp({ refuses = false } = {}) {
  const scripts: string[] = [];
  const complaints: unknown[] = [];
  const clock = new FakeClock();
  const nft = {
    async load(script: string) {
      scripts.push(script);
      if (refuses) throw new Error("no such rule");
    },
  };
  const onCannotPassOn = (error: unknown) => void complaints.push(error);
  const late = new LateFrames({ nft, clock, link: { index: 7, name: "eth0" }, onCannotPassOn });
  const follow = (handedOver: Record<string, IpAddress>, ...owned: string[]) => {
    return late.follow(new Map(Object.entries(handedOver)), new Set(owned));
  };
  /** What the last script passes on. */
  const passedOn = () => (scripts.at(-1) ?? "").match(/(?<=add element \S+ \S+ former \{ ).*(?= \})/g) ?? [];
  return { late, follow, scripts, passedOn, complaints, clock };
}

describe("LateFrames", () => {
  it("passes on what was handed over, of each family by its own table, for 30 s", async () => {
    const { follow, passedOn } = setUp();
    await follow({ "192.0.2.50": OWNER, "2001:db8::50": OWNER6 }, "192.0.2.50", "2001:db8::50");
    expect(passedOn()).to.deep.equal([
      "192.0.2.50 timeout 30000ms : 192.0.2.9",
      "2001:db8::50 timeout 30000ms : 2001:db8::9",
    ]);
  });

  it("goes on with what was handed over before, for what is left of its time", async () => {
    const { follow, passedOn, clock } = setUp();
    await follow({ "192.0.2.50": OWNER }, "192.0.2.50");
    await clock.advance(10_000);
    await follow({ "192.0.2.51": OWNER }, "192.0.2.50", "192.0.2.51");
    expect(passedOn()).to.deep.equal([
      "192.0.2.50 timeout 20000ms : 192.0.2.9, 192.0.2.51 timeout 30000ms : 192.0.2.9",
    ]);
    await clock.advance(20_000);
    await follow({ "192.0.2.52": OWNER }, "192.0.2.50", "192.0.2.51", "192.0.2.52");
    expect(passedOn()).to.deep.equal([
      "192.0.2.51 timeout 10000ms : 192.0.2.9, 192.0.2.52 timeout 30000ms : 192.0.2.9",
    ]);
  });

  it("ends for what this node does not own any more, and at no other time", async () => {
    const { follow, passedOn, scripts } = setUp();
    await follow({ "192.0.2.50": OWNER, "192.0.2.51": OWNER }, "192.0.2.50", "192.0.2.51");
    await follow({}, "192.0.2.50", "192.0.2.51", "192.0.2.52");
    expect(scripts).to.have.length(1);
    await follow({}, "192.0.2.51", "192.0.2.52");
    expect(passedOn()).to.deep.equal(["192.0.2.51 timeout 30000ms : 192.0.2.9"]);
  });

  it("loads nothing where nothing is handed over, and leaves nothing to remove", async () => {
    const { late, follow, scripts } = setUp();
    await follow({}, "192.0.2.50");
    await follow({});
    expect(scripts).to.deep.equal([]);
    expect(late.removal).to.equal("");
  });

  it("leaves nothing behind where it has passed on", async () => {
    const { late, follow } = setUp();
    await follow({ "192.0.2.50": OWNER }, "192.0.2.50");
    expect(late.removal)
      .to.contain("delete table ip fairlead-l2-7\n")
      .and.to.contain("delete table ip6 fairlead-l2-7\n");
  });

  it("says once that the kernel cannot, and tries no more", async () => {
    const { follow, scripts, complaints } = setUp({ refuses: true });
    await follow({ "192.0.2.50": OWNER }, "192.0.2.50");
    await follow({ "192.0.2.51": OWNER }, "192.0.2.50", "192.0.2.51");
    expect(complaints).to.have.length(1);
    expect(scripts).to.have.length(1);
  });
});
