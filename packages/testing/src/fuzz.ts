import { DecodeError } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { fromHex } from "./hex.ts";

/** A codec under test, and octets that it decodes. */
export interface FuzzedCodec<T> {
  readonly decode: (octets: Uint8Array) => T;
  readonly encode: (value: T) => Uint8Array;
  /** Good encodings to cut, lengthen and change. */
  readonly seeds: readonly { readonly hex: string }[];
}

/**
 * Whatever the octets: `decode` throws nothing but a DecodeError, and what it returns comes back unchanged from
 * `decode(encode(value))`.
 */
export function fuzzCodec<T>({ decode, encode, seeds }: FuzzedCodec<T>): void {
  const check = (octets: Uint8Array): void => {
    let value: T;
    try {
      value = decode(octets);
    } catch (error) {
      if (error instanceof DecodeError) return;
      throw error;
    }
    expect(decode(encode(value))).to.deep.equal(value);
  };
  const seed = fc.constantFrom(...seeds.map(({ hex }) => fromHex(hex)));
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
  const damaged = fc.tuple(seed, changes, fc.nat(), fc.uint8Array({ maxLength: 8 })).map(damage);
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 96 }), damaged), check), { numRuns: 500 });
}

/** Each strict prefix of the octets, the empty one first: what is cut off must never decode as something shorter. */
export function strictPrefixes(octets: Uint8Array): Uint8Array[] {
  return Array.from(octets, (_, length) => octets.slice(0, length));
}

function damage([octets, changes, cut, tail]: [Uint8Array, [number, number][], number, Uint8Array]): Uint8Array {
  const damaged = Uint8Array.from([...octets, ...tail]);
  for (const [at, value] of changes) damaged[at % damaged.length] = value;
  // Mostly whole: what is cut off fails at its first missing field.
  return cut % 3 === 0 ? damaged.slice(0, cut % (damaged.length + 1)) : damaged;
}
