import { expect } from "chai";
import { until } from "../src/until.ts";

describe("until", () => {
  it("returns the first value that is neither undefined nor false", async () => {
    const values = [undefined, false, 0];
    expect(await until("there is a value", () => values.shift(), { everyMillis: 0 })).to.equal(0);
  });

  it("asks again after an error", async () => {
    let asked = 0;
    const probe = () => {
      if (++asked === 1) throw new Error("not yet");
      return asked;
    };
    expect(await until("it works", probe, { everyMillis: 0 })).to.equal(2);
  });

  it("names what it waited for and the last error in vain", async () => {
    const probe = () => Promise.reject(new Error("closed"));
    const error = await until("it opens", probe, { withinMillis: 0 }).catch((reason: Error) => reason.message);
    expect(error).to.equal("Waited 0 ms in vain until it opens; last seen: closed");
  });

  it("stops at once when the check throws", async () => {
    const check = () => {
      throw new Error("the program has ended");
    };
    const error = await until("it opens", () => false, { check }).catch((reason: Error) => reason.message);
    expect(error).to.equal("the program has ended");
  });
});
