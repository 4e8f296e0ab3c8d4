import { NftError } from "../errors.ts";
import type { Nft } from "../ports.ts";
import { Refusal, SimulatedTable } from "./simulated-table.ts";

/**
 * Understands the scripts that our own renderers make, a statement a line: `table F T`, `table F T {` with set, map and
 * chain blocks, `delete table`, `add element`, `delete element`. Rules are kept as text and never evaluated; element types
 * and overlapping intervals are not checked. Anything else is refused as a syntax error.
 */
export class SimulatedNft implements Nft {
  /** Every script that was asked for, refused ones too. */
  readonly scripts: string[] = [];
  #tables = new Map<string, SimulatedTable>();
  #failures: NftError[] = [];

  /** The table "FAMILY NAME", if there is one. */
  table(name: string): SimulatedTable | undefined {
    return this.#tables.get(name);
  }

  /** Makes the next load fail, without effect. */
  failNext(error: NftError = new NftError("Refused", "Cannot load nftables script: a test said so")): void {
    this.#failures.push(error);
  }

  async load(script: string): Promise<void> {
    this.scripts.push(script);
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
    const tables = new Map(Array.from(this.#tables, ([name, table]) => [name, table.copy()]));
    const lines = script.split("\n");
    for (let at = 0; at < lines.length; ) {
      try {
        at = statement(tables, lines, at);
      } catch (cause) {
        if (!(cause instanceof Refusal)) throw cause;
        throw new NftError("Refused", `Cannot load nftables script: ${cause.message}: ${lines[at]}`, { line: at + 1 });
      }
    }
    this.#tables = tables;
  }
}

/** Carries out the statement at line `at`; returns the line after it. */
function statement(tables: Map<string, SimulatedTable>, lines: readonly string[], at: number): number {
  const line = lines[at]?.trim() ?? "";
  if (line === "") return at + 1;
  const table = /^table (\S+ \S+)( \{)?$/.exec(line);
  if (table?.[1] !== undefined) {
    const found = tables.get(table[1]) ?? new SimulatedTable();
    tables.set(table[1], found);
    return table[2] === undefined ? at + 1 : tableBlock(found, lines, at + 1);
  }
  const deleted = /^delete table (\S+ \S+)$/.exec(line)?.[1];
  if (deleted !== undefined) {
    if (!tables.delete(deleted)) throw new Refusal("No such file or directory");
    return at + 1;
  }
  const element = /^(add|delete) element (\S+ \S+) (\S+) \{ (.+) \}$/.exec(line);
  const [, verb, name, set, list] = element ?? [];
  if (name === undefined || set === undefined || list === undefined) throw new Refusal("syntax error");
  const target = tables.get(name);
  if (target === undefined) throw new Refusal("No such file or directory");
  for (const text of list.split(", ")) {
    const [key = "", value] = text.split(" : ");
    if (verb === "add") target.add(set, key, value);
    else target.delete(set, key);
  }
  return at + 1;
}

function tableBlock(table: SimulatedTable, lines: readonly string[], start: number): number {
  for (let at = start; ; ) {
    const line = lines[at]?.trim();
    if (line === undefined) throw new Refusal("syntax error, unexpected end of file");
    if (line === "}") return at + 1;
    const [, kind, name] = /^(set|map|chain) (\S+) \{$/.exec(line) ?? [];
    if (name === undefined) throw new Refusal("syntax error");
    const end = lines.findIndex((candidate, index) => index > at && candidate.trim() === "}");
    if (end < 0) throw new Refusal("syntax error, unexpected end of file");
    if (kind === "chain") {
      const body = lines.slice(at + 1, end).map((rule) => rule.trim());
      table.chains.set(name, [...(table.chains.get(name) ?? []), ...body]);
    } else if (!table.sets.has(name)) {
      table.sets.set(name, new Map());
    }
    at = end + 1;
  }
}
