import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DEFAULT_LEASE_TIMING } from "@fairlead/kube";
import { DEFAULT_TIMING } from "@fairlead/l2";
import { expect } from "chai";

const raw = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = (path: string) => raw(path).replaceAll(/\s+/g, " ");
const seconds = (millis: number) => `${millis / 1_000} s`;

/** What pages say in figures, and what the code has. */
const CLAIMS: readonly { readonly page: string; readonly says: string }[] = [
  { page: "docs/concepts.md", says: `within the Lease's ${DEFAULT_LEASE_TIMING.duration / 1_000} seconds` },
  {
    page: "docs/troubleshooting.md",
    says: `after ${seconds(DEFAULT_LEASE_TIMING.renewDeadline)} this replica stops acting`,
  },
  {
    page: "ARCHITECTURE.md",
    says: `(${seconds(DEFAULT_LEASE_TIMING.duration)}, renewed every second, gives up after ${seconds(DEFAULT_LEASE_TIMING.renewDeadline)} without renewal)`,
  },
  { page: "docs/user-guide.md", says: `gone after ${DEFAULT_TIMING.detection} ms without a heartbeat` },
  { page: "docs/concepts.md", says: `silent for ${DEFAULT_TIMING.detection} ms counts as gone` },
  { page: "docs/concepts.md", says: `run out ${DEFAULT_TIMING.detection - DEFAULT_TIMING.interval} ms after` },
  { page: "docs/concepts.md", says: `it claims for ${DEFAULT_TIMING.probe} ms` },
];

describe("figures of the documents", () => {
  for (const claim of CLAIMS) {
    it(`${claim.page} says "${claim.says}", as the code has it`, () => expect(page(claim.page)).to.include(claim.says));
  }
});

/** First cells of the table rows below a heading or sentence, without backquotes. */
function table(text: string, after: string): string[] {
  const start = text.indexOf(after);
  if (start < 0) throw new Error(`Cannot read a table: the page must have ${JSON.stringify(after)}`);
  const rows = text.slice(start).match(/\n\n(\|.*\n)+/)?.[0] ?? "";
  return [...rows.matchAll(/^\| `([^`]+)`/gm)].map(([, name = ""]) => name);
}

describe("lists of the documents", () => {
  it("name every benchmark", () => {
    const benches = raw("test/bench/main.ts").match(/BENCHES[^{]*\{([^}]*)\}/)?.[1] ?? "";
    const names = [...benches.matchAll(/^\s+(\w+):/gm)].map(([, name = ""]) => name);
    expect(names).to.have.length.above(5);
    expect(table(raw("CONTRIBUTING.md"), "`make bench BENCH=name`").sort()).to.deep.equal(names.sort());
  });

  it("name only targets that the Makefile has", () => {
    const targets = new Set([...raw("Makefile").matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name));
    const pages = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/user-guide.md", "docs/conformance.md"];
    const named = pages.flatMap((path) => [...raw(path).matchAll(/`make ([a-z0-9-]+)/g)].map(([, name]) => name));
    expect(named).to.have.length.above(20);
    expect(named.filter((name) => !targets.has(name ?? ""))).to.deep.equal([]);
  });
});

/** Options as `--name` with their defaults, as `--help` of a program says. */
function helped(main: string): Map<string, string | undefined> {
  const help = execFileSync(process.execPath, [fileURLToPath(new URL(`../../${main}`, import.meta.url)), "--help"]);
  const entries = `${help}`.split(/\n\s+(?=-)/).slice(1);
  return new Map(
    entries.map((entry) => {
      const text = entry.replaceAll(/\s+/g, " ");
      return [text.match(/--[a-z-]+/)?.[0] ?? text, text.match(/default: "?([^",)]+)/)?.[1]];
    }),
  );
}

describe("the options in README", () => {
  const rows = [...raw("README.md").matchAll(/^\| (`--[^|]*)\|(.*)\|$/gm)];
  const readme = new Map(
    rows.flatMap(([, names = "", cells = ""]) => {
      return [...names.matchAll(/`(--[a-z-]+)/g)].map(
        ([, name = ""]) => [name, cells.split("|").at(-1)?.trim()] as const,
      );
    }),
  );
  const options = new Map(["controller", "speaker"].flatMap((name) => [...helped(`packages/${name}/src/main.ts`)]));

  it("are those of the programs", () => {
    expect([...options.keys()].filter((name) => !readme.has(name))).to.deep.equal([]);
    expect([...readme.keys()].filter((name) => !options.has(name))).to.deep.equal([]);
  });

  it("have their defaults", () => {
    // What depends on the machine or on the program is said in words.
    const inWords = ["--node-name", "--log-format", "--metrics-port", "--namespace"];
    const told = [...options].filter(
      ([name, value]) => value !== undefined && value !== "false" && !inWords.includes(name),
    );
    expect(told.map(([name]) => name)).to.include.members(["--forwarding", "--detection", "--load-balancer-class"]);
    expect(
      told.filter(([name, value = ""]) => !readme.get(name)?.includes(`\`${value}\``) && readme.get(name) !== value),
    ).to.deep.equal([]);
  });
});
