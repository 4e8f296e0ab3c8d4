import { expect } from "chai";
import { Turns } from "../src/turns.ts";

describe("turns", () => {
  it("run one after another, and say what each returned", async () => {
    const turns = new Turns();
    const log: string[] = [];
    const first = Promise.withResolvers<void>();
    const one = turns.run(async () => {
      await first.promise;
      log.push("one");
      return 1;
    });
    const two = turns.run(async () => log.push("two"));
    expect(log).to.deep.equal([]);
    first.resolve();
    expect(await one).to.equal(1);
    await two;
    expect(log).to.deep.equal(["one", "two"]);
  });

  it("go on after one that fails, which says so itself", async () => {
    const turns = new Turns();
    const failing = turns.run(() => Promise.reject(new Error("no")));
    const next = turns.run(async () => "yes");
    const [failed, done] = await Promise.allSettled([failing, next]);
    expect(failed.status).to.equal("rejected");
    expect(done).to.deep.include({ status: "fulfilled", value: "yes" });
  });

  it("of different keys do not wait for each other", async () => {
    const turns = new Turns();
    turns.run(() => new Promise(() => {}), "a");
    expect(await turns.run(async () => "b", "b")).to.equal("b");
  });
});
