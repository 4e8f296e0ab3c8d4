import { block } from "@fairlead/nftables";
import { FAMILIES, type FamilyTerms, serviceKey, setName } from "./terms.ts";

/** A base chain: "type TYPE hook HOOK priority PRIORITY", then its rules. */
export function base(name: string, type: string, hook: string, priority: string, rules: readonly string[]): string {
  return block(`chain ${name}`, [`type ${type} hook ${hook} priority ${priority}`, ...rules]);
}

/** A rule for each family. */
export function both(rule: (terms: FamilyTerms) => string): string[] {
  return FAMILIES.map(rule);
}

/** Drops what source ranges forbid; the same before a translation and before a rewrite. */
export function sourceRangeRule(terms: FamilyTerms): string {
  const key = serviceKey(terms);
  const [limited, allowed] = [setName("limited", terms.family), setName("allowed", terms.family)];
  return `${key} @${limited} ${key} . ${terms.ip} saddr != @${allowed} drop`;
}
