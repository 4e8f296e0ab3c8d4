import type { Millis } from "@fairlead/runtime";
import fc from "fast-check";

/** What happens to a segment; hosts by index, addresses by bits. */
export type Fault =
  | { readonly kind: "start" | "crash" | "leave" | "unfit" | "carrier"; readonly host: number }
  | { readonly kind: "pause" | "replay"; readonly host: number; readonly millis: Millis }
  | { readonly kind: "cut"; readonly host: number; readonly other: number; readonly both: boolean }
  | { readonly kind: "isolate"; readonly host: number }
  | { readonly kind: "heal" }
  | { readonly kind: "loseFrames"; readonly millis: Millis }
  | { readonly kind: "want"; readonly host: number; readonly bits: number }
  | { readonly kind: "wantAll"; readonly bits: number };

/** A run of the simulation. */
export interface Scenario {
  readonly seed: number;
  readonly size: number;
  readonly faults: readonly { readonly after: Millis; readonly fault: Fault }[];
}

/** Addresses in play. */
export const ADDRESSES = [50, 51, 52, 53, 54, 55].map((host) => `192.0.2.${host}`);

/** The addresses that the bits stand for. */
export function addressesOf(bits: number): ReadonlySet<string> {
  return new Set(ADDRESSES.filter((_, i) => (bits & (1 << i)) !== 0));
}

const host = fc.nat(4);
const bits = fc.integer({ min: 1, max: 2 ** ADDRESSES.length - 1 });

/** What the death and life of speakers brings about, and those who repeat what they said. */
const LIVES: fc.Arbitrary<Fault>[] = [
  fc.record({ kind: fc.constantFrom("start" as const, "crash" as const, "leave" as const, "unfit" as const), host }),
  fc.record({ kind: fc.constant("start" as const), host }),
  fc.record({ kind: fc.constant("pause" as const), host, millis: fc.integer({ min: 100, max: 2_500 }) }),
  fc.record({ kind: fc.constant("replay" as const), host, millis: fc.integer({ min: 500, max: 8_000 }) }),
];

const LINKS: fc.Arbitrary<Fault>[] = [
  fc.record({ kind: fc.constant("carrier" as const), host }),
  fc.record({ kind: fc.constant("cut" as const), host, other: host, both: fc.boolean() }),
  fc.record({ kind: fc.constant("isolate" as const), host }),
  fc.record({ kind: fc.constant("heal" as const) }),
  fc.record({ kind: fc.constant("heal" as const) }),
  fc.record({ kind: fc.constant("loseFrames" as const), millis: fc.integer({ min: 200, max: 1_500 }) }),
];

const WISHES: fc.Arbitrary<Fault>[] = [
  fc.record({ kind: fc.constant("want" as const), host, bits }),
  fc.record({ kind: fc.constant("wantAll" as const), bits }),
];

/** Scenarios with speakers that come and go only, so that most of the time the segment is calm. */
export const lives: fc.Arbitrary<Scenario> = scenario(LIVES, 2_500);

/** Scenarios with everything that can happen. */
export const everything: fc.Arbitrary<Scenario> = scenario([...LIVES, ...LINKS, ...WISHES], 1_200);

function scenario(faults: fc.Arbitrary<Fault>[], longestPause: Millis): fc.Arbitrary<Scenario> {
  return fc.record({
    seed: fc.nat(),
    size: fc.integer({ min: 2, max: 5 }),
    faults: fc.array(fc.record({ after: fc.nat(longestPause), fault: fc.oneof(...faults) }), { maxLength: 14 }),
  });
}
