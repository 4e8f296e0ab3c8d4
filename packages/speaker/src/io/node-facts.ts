import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { ForwardingMode } from "@fairlead/forwarding";
import type { Link } from "@fairlead/linux";
import { NftCommand } from "@fairlead/nftables/io";
import { neededRules, type RuleSet } from "../node-check/features.ts";
import { missingCapabilities, type NodeFacts, type RefusedRules } from "../node-check/node-check.ts";

/** What {@link readNodeFacts} is to find out. */
export interface NodeQuestions {
  readonly mode: ForwardingMode;
  /** A link to try the rules on that answer ARP and NDP; undefined if they are not wanted. */
  readonly link: Link | undefined;
}

/** Finds out what this process may do, and what nft and the kernel take. Changes nothing: rules are checked, not loaded. */
export async function readNodeFacts({ mode, link }: NodeQuestions): Promise<NodeFacts> {
  const capabilities = await effectiveCapabilities();
  const nft = await nftVersion();
  if (missingCapabilities(capabilities).length > 0 || "why" in nft) return { capabilities, nft };
  const { forwarding, answers } = neededRules(mode, link);
  const refused = {
    forwarding: forwarding && (await check(forwarding)),
    answers: answers && (await check(answers)),
  };
  return {
    capabilities,
    nft,
    ...(refused.forwarding && { forwarding: refused.forwarding }),
    ...(refused.answers && { answers: refused.answers }),
  };
}

async function effectiveCapabilities(): Promise<bigint> {
  const [, hex = "0"] = /^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile("/proc/self/status", "utf8")) ?? [];
  return BigInt(`0x${hex}`);
}

async function nftVersion(): Promise<NodeFacts["nft"]> {
  try {
    const { stdout } = await promisify(execFile)("nft", ["--version"], { timeout: 10_000 });
    const [, version] = /v(\d+(?:\.\d+)*)/.exec(stdout) ?? [];
    return version === undefined ? { why: `nft --version said ${JSON.stringify(stdout.trim())}` } : { version };
  } catch (error) {
    return { why: wordsOf(error) };
  }
}

async function check(rules: RuleSet): Promise<RefusedRules | undefined> {
  const whole = await refusal(rules.script);
  if (whole === undefined) return undefined;
  const parts: { name: string; why: string }[] = [];
  for (const { name, script } of rules.parts) {
    const why = await refusal(script);
    if (why !== undefined) parts.push({ name, why });
  }
  return { features: parts.length > 0 ? parts : [{ name: rules.name, why: whole }] };
}

// nft -c has the kernel judge the whole transaction, and take none of it.
async function refusal(script: string): Promise<string | undefined> {
  try {
    await new NftCommand({ command: ["nft", "--check"], timeoutMillis: 20_000 }).load(script);
    return undefined;
  } catch (error) {
    // What it was refused for; not where in the script, which nobody has seen.
    return wordsOf(error).replace(/^Cannot load nftables script: .*?(\(.*\)|status \d+): /, "");
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
