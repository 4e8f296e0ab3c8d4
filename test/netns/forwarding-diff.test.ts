import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { LoadedTable } from "@fairlead/forwarding";
import type { SetElements } from "@fairlead/nftables";
import { NftCommand } from "@fairlead/nftables/io";
import { parseListing } from "@fairlead/nftables/testing";
import { expect } from "chai";
import fc from "fast-check";
import { aTable, tables } from "../../packages/forwarding/test/builders.ts";

const execute = promisify(execFile);

describe("Forwarding deltas in the kernel", () => {
  for (const mode of ["direct", "nodePort"] as const) {
    it(`end where a full load ends (${mode})`, () =>
      fc.assert(
        fc.asyncProperty(fc.array(tables([mode]), { minLength: 2, maxLength: 3 }), async (sequence) => {
          const nft = new NftCommand();
          const [first = aTable([], { mode }), ...rest] = sequence;
          const loaded = new LoadedTable(first);
          await nft.load(loaded.script);
          for (const table of rest) await nft.load(loaded.advance(table) ?? "must not need a replacement");
          const seen = await listing();
          await nft.load(new LoadedTable(rest.at(-1) ?? first).script);
          expect(seen).to.deep.equal(await listing());
        }),
        { numRuns: 25 },
      ));
  }
});

async function listing(): Promise<Map<string, SetElements>> {
  return parseListing((await execute("nft", ["list", "table", "inet", "fairlead"], { maxBuffer: 1 << 28 })).stdout);
}
