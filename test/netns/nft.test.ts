import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { formatTable, NftError, removeTableStatements } from "@fairlead/nftables";
import { NftCommand } from "@fairlead/nftables/io";
import { nftCompliance, parseListing } from "@fairlead/nftables/testing";
import { expect } from "chai";

const execute = promisify(execFile);

nftCompliance("nft -f -", async () => {
  const nft = new NftCommand();
  await nft.load(removeTableStatements({ family: "inet", name: "compliance" }));
  return {
    nft,
    elements: async (table) => {
      const { stdout } = await execute("nft", ["list", "tables"]);
      if (!stdout.includes(`table ${formatTable(table)}`)) return undefined;
      return parseListing((await execute("nft", ["list", "table", table.family, table.name])).stdout);
    },
  };
});

describe("NftCommand", () => {
  const failures = [
    { name: "NotInstalled without the program", command: ["no-such-program"], kind: "NotInstalled" },
    { name: "NotInstalled without the folder", command: ["/nowhere/nft"], kind: "NotInstalled" },
    {
      name: "NotPermitted without CAP_NET_ADMIN",
      command: ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin", "nft"],
      kind: "NotPermitted",
    },
  ] as const;
  for (const { name, command, kind } of failures) {
    it(`says ${name}`, async () => {
      const error: unknown = await new NftCommand({ command: [...command] }).load("table inet t").catch((e) => e);
      expect(error).to.be.instanceOf(NftError).and.to.include({ kind });
    });
  }

  it("survives an nft that exits before it has read a long script", async () => {
    const error: unknown = await new NftCommand({ command: ["false"] }).load("#\n".repeat(1 << 20)).catch((e) => e);
    expect(error).to.be.instanceOf(NftError).and.to.include({ kind: "Refused" });
  });

  it("ends an nft that hangs", async () => {
    const nft = new NftCommand({ command: ["sh", "-c", "exec sleep 60"], timeoutMillis: 50 });
    const error: unknown = await nft.load("").catch((e) => e);
    expect(error).to.be.instanceOf(NftError).and.to.include({ kind: "Refused" });
    expect((error as NftError).message).to.include("SIGKILL");
  });
});
