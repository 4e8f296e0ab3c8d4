import { readFileSync } from "node:fs";
import { expect } from "chai";
import { SPEAKER_TABLES } from "../../packages/speaker/src/left-tables.ts";

describe("docs/user-guide.md", () => {
  it("lists the tables that --cleanup removes", () => {
    const guide = readFileSync(new URL("../../docs/user-guide.md", import.meta.url), "utf8");
    const uninstall = guide.slice(guide.indexOf("## Uninstall"));
    const named = [...uninstall.matchAll(/`((?:inet|netdev|ip6?|arp|bridge) fairlead\S*)`/g)].map(([, table]) => table);
    expect(named).to.deep.equal(SPEAKER_TABLES);
  });
});
