import { expect } from "chai";
import { formatTime, parseTime } from "../src/time.ts";

const ROWS = [
  { time: 0, text: "1970-01-01T00:00:00.000Z" },
  { time: 1_795_687_445_678, text: "2026-11-26T10:04:05.678Z" },
];

describe("a time as RFC 3339 writes it", () => {
  for (const { time, text } of ROWS) {
    it(`writes ${text}`, () => expect(formatTime(time)).to.equal(text));
    it(`reads ${text}`, () => expect(parseTime(text)).to.equal(time));
  }
  it("reads what the API server writes, without a part of a second", () =>
    expect(parseTime("2026-11-26T10:04:05Z")).to.equal(1_795_687_445_000));
  for (const text of [undefined, "", "yesterday"]) {
    it(`is not a number for ${text}`, () => expect(parseTime(text)).to.be.NaN);
  }
});
