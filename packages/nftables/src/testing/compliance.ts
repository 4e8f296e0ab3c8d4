import { expect } from "chai";
import type { SetElements } from "../changes.ts";
import { NftError } from "../errors.ts";
import type { Nft } from "../ports.ts";
import { removeTableStatements, type TableName } from "../text.ts";

/** An {@link Nft} with nothing loaded, and a look at what it holds. */
export interface NftBench {
  readonly nft: Nft;
  /** The non-empty sets and maps of a table, or undefined if there is no such table. */
  elements(table: TableName): Promise<ReadonlyMap<string, SetElements> | undefined>;
}

const TABLE: TableName = { family: "inet", name: "compliance" };
const ADD = "add element inet compliance";
const DELETE = "delete element inet compliance";
const DECLARATION = `table inet compliance {
\tset addresses {
\t\ttype ipv4_addr
\t}
\tmap ports {
\t\ttype inet_proto . inet_service : inet_service
\t}
\tmap verdicts {
\t\ttype ipv4_addr : verdict
\t}
\tchain one {
\t\taccept
\t}
}
${ADD} addresses { 192.0.2.1, 192.0.2.2 }
${ADD} ports { tcp . 80 : 8080 }`;
const LOADED = {
  addresses: { "192.0.2.1": undefined, "192.0.2.2": undefined },
  ports: { "tcp . 80": "8080" },
};

/** Tests that every {@link Nft} passes; `open` gives a fresh one. */
export function nftCompliance(name: string, open: () => Promise<NftBench>): void {
  describe(`Nft: ${name}`, () => {
    let bench: NftBench;
    beforeEach(async () => {
      bench = await open();
      await bench.nft.load(DECLARATION);
    });

    async function expectElements(wanted: Record<string, Record<string, string | undefined>>): Promise<void> {
      const sets = await bench.elements(TABLE);
      const seen = Object.fromEntries(Array.from(sets ?? [], ([set, found]) => [set, Object.fromEntries(found)]));
      expect(seen).to.deep.equal(wanted);
    }

    async function refusal(script: string): Promise<NftError> {
      try {
        await bench.nft.load(script);
      } catch (error) {
        if (error instanceof NftError) return error;
        throw error;
      }
      throw new Error("must be refused, but it was loaded");
    }

    it("loads a table with its elements", () => expectElements(LOADED));

    it("takes an empty script", async () => {
      await bench.nft.load("");
      await expectElements(LOADED);
    });

    it("deletes an element and adds it with another value in one script", async () => {
      await bench.nft.load(`${DELETE} ports { tcp . 80 }\n${ADD} ports { tcp . 80 : 9090 }`);
      await expectElements({ ...LOADED, ports: { "tcp . 80": "9090" } });
    });

    it("takes an element again that is there with the same value", async () => {
      await bench.nft.load(`${ADD} ports { tcp . 80 : 8080 }`);
      await expectElements(LOADED);
    });

    it("adds a chain to a table that is there, and elements that point at it", async () => {
      await bench.nft.load(
        `table inet compliance {\n\tchain two {\n\t\tdrop\n\t}\n}\n${ADD} verdicts { 192.0.2.9 : goto two }`,
      );
      await expectElements({ ...LOADED, verdicts: { "192.0.2.9": "goto two" } });
    });

    const refused = [
      { what: "another value for a key that is there", last: `${ADD} ports { tcp . 80 : 9090 }` },
      { what: "deleting an element that is not there", last: `${DELETE} addresses { 192.0.2.3 }` },
      { what: "a set that is not there", last: `${ADD} nothing { 192.0.2.3 }` },
      { what: "a verdict to a chain that is not there", last: `${ADD} verdicts { 192.0.2.3 : goto nowhere }` },
      { what: "what is no statement", last: "nonsense" },
    ];
    for (const { what, last } of refused) {
      it(`refuses ${what}, names the line, and changes nothing`, async () => {
        const error = await refusal(`${ADD} addresses { 192.0.2.7 }\n${last}`);
        expect(error.kind).to.equal("Refused");
        expect(error.line).to.equal(2);
        await expectElements(LOADED);
      });
    }

    it("removes a table, present or not", async () => {
      await bench.nft.load(removeTableStatements(TABLE));
      expect(await bench.elements(TABLE)).to.equal(undefined);
      await bench.nft.load(removeTableStatements(TABLE));
      expect(await bench.elements(TABLE)).to.equal(undefined);
    });

    it("replaces a whole table in one script", async () => {
      await bench.nft.load(`${removeTableStatements(TABLE)}\n${DECLARATION}\n${DELETE} addresses { 192.0.2.2 }`);
      await expectElements({ ...LOADED, addresses: { "192.0.2.1": undefined } });
    });

    it("loads scripts in the order of the calls, past one that fails", async () => {
      const results = await Promise.allSettled([
        bench.nft.load(`${ADD} addresses { 192.0.2.3 }`),
        bench.nft.load(`${DELETE} addresses { 192.0.2.3, 192.0.2.99 }`),
        bench.nft.load(`${DELETE} addresses { 192.0.2.3 }`),
        bench.nft.load(`${ADD} addresses { 192.0.2.4 }`),
      ]);
      expect(results.map((result) => result.status)).to.deep.equal(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
      await expectElements({ ...LOADED, addresses: { ...LOADED.addresses, "192.0.2.4": undefined } });
    });
  });
}
