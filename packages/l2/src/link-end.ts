import type { Link } from "@fairlead/linux";
import type { Clock } from "@fairlead/runtime";
import type { LinkEnd } from "./ownership/state.ts";

/** This node's end of a link, as ownership knows it. */
export function endOf({ name, mac, up, addresses }: Link): LinkEnd {
  return { name, mac, up, prefixes: addresses };
}

/** What a speaker that starts asks others to repeat first: 53 bits of chance, and not 0, so that no start chooses one twice. */
export function firstChallenge(clock: Clock): bigint {
  return 1n + BigInt(Math.floor(clock.random() * Number.MAX_SAFE_INTEGER));
}
