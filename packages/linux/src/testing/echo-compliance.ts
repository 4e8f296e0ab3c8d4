import { formatAddress, type IpAddress } from "@fairlead/net";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import type { Echo, OpenEcho } from "../ports.ts";

/** A host that can ask, one that answers, and an address that nobody has. */
export interface EchoBench {
  readonly openEcho: OpenEcho;
  readonly there: IpAddress;
  readonly nobody: IpAddress;
  close(): Promise<void>;
}

/** Tests that every {@link OpenEcho} passes; `open` gives a fresh bench. */
export function echoCompliance(name: string, open: () => Promise<EchoBench>): void {
  describe(`Echo: ${name}`, () => {
    let bench: EchoBench;
    let echo: Echo;
    let other: Echo;
    let heard: string[];
    let heardByOther: string[];
    beforeEach(async () => {
      bench = await open();
      heard = [];
      heardByOther = [];
      echo = bench.openEcho((data, from) => heard.push(`${formatAddress(from)} ${text(data)}`));
      other = bench.openEcho((data) => heardByOther.push(text(data)));
    });
    afterEach(async () => {
      echo.close();
      other.close();
      await bench.close();
    });

    it("hears what a host repeats, and no reply to another asker", async () => {
      expect(echo.send(octets("one"), bench.there)).to.equal(true);
      expect(other.send(octets("two"), bench.there)).to.equal(true);
      await until("both have heard", () => heard.length > 0 && heardByOther.length > 0);
      expect([heard, heardByOther]).to.deep.equal([[`${formatAddress(bench.there)} one`], ["two"]]);
    });

    it("never hears within the call that sends", () => {
      echo.send(octets("one"), bench.there);
      expect(heard).to.deep.equal([]);
    });

    it("hears nothing from where nobody is, but goes on", async () => {
      expect(echo.send(octets("lost"), bench.nobody)).to.equal(true);
      echo.send(octets("kept"), bench.there);
      await until("one has come", () => heard.length > 0);
      expect(heard).to.deep.equal([`${formatAddress(bench.there)} kept`]);
    });

    it("hears nothing once closed", async () => {
      echo.send(octets("one"), bench.there);
      echo.close();
      echo.close();
      other.send(octets("two"), bench.there);
      await until("the other has heard", () => heardByOther.length > 0);
      expect(heard).to.deep.equal([]);
    });
  });
}

function octets(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}
