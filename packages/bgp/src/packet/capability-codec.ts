import { ByteReader, ByteWriter } from "@fairlead/net";
import type { Capability, NextHopEncoding, RestartFamily } from "./capability.ts";
import type { AfiSafi } from "./family.ts";

/** A capability that is understood; `read` takes all of its value. */
interface CapabilityCodec<C extends Capability> {
  readonly code: number;
  readonly read: (r: ByteReader) => C;
  readonly write: (w: ByteWriter, capability: C) => void;
}
type KnownKind = Exclude<Capability["kind"], "unknown">;
type OfKind<K> = Extract<Capability, { kind: K }>;

const RESTART_STATE = 0x8000;
const GRACEFUL_NOTIFICATION = 0x4000;
const RESTART_TIME = 0x0fff;
const FORWARDING_STATE = 0x80;

const CODECS: { readonly [K in KnownKind]: CapabilityCodec<OfKind<K>> } = {
  multiprotocol: {
    code: 1,
    read: (r) => {
      const afi = r.u16("AFI");
      r.u8("reserved");
      return { kind: "multiprotocol", family: { afi, safi: r.u8("SAFI") } };
    },
    write: (w, { family }) => w.u16(family.afi).u8(0).u8(family.safi),
  },
  routeRefresh: { code: 2, read: () => ({ kind: "routeRefresh" }), write: () => {} },
  extendedNextHop: {
    code: 5,
    read: (r) => ({ kind: "extendedNextHop", encodings: all(r, readNextHopEncoding) }),
    write: (w, { encodings }) => {
      for (const { family, nextHopAfi } of encodings) w.u16(family.afi).u16(family.safi).u16(nextHopAfi);
    },
  },
  extendedMessage: { code: 6, read: () => ({ kind: "extendedMessage" }), write: () => {} },
  gracefulRestart: { code: 64, read: readGracefulRestart, write: writeGracefulRestart },
  fourOctetAs: {
    code: 65,
    read: (r) => ({ kind: "fourOctetAs", as: r.u32("AS number") }),
    write: (w, { as }) => w.u32(as),
  },
};
const READERS = new Map(Object.values(CODECS).map(({ code, read }) => [code, read as (r: ByteReader) => Capability]));

/**
 * Capabilities one after the other, as in a parameter of an OPEN and in the data of NOTIFICATION 2/7 (RFC 5492 §4, §5).
 *
 * @throws DecodeError if they are cut off, or one that is understood has another length than its RFC says: to go on without it could
 * have the two sides read AS_PATHs differently.
 */
export function readCapabilities(octets: Uint8Array): Capability[] {
  return all(new ByteReader("BGP capabilities", octets), (r) => {
    const code = r.u8("capability code");
    const value = r.octets("capability value", r.u8("capability length"));
    const read = READERS.get(code);
    if (read === undefined) return { kind: "unknown", code, value };
    const reader = new ByteReader(`BGP capability ${code}`, value);
    const capability = read(reader);
    reader.end();
    return capability;
  });
}

/** @throws RangeError if the value of one has more than 255 octets. */
export function writeCapabilities(capabilities: readonly Capability[]): Uint8Array {
  const w = new ByteWriter();
  for (const capability of capabilities) {
    const value = capability.kind === "unknown" ? capability.value : writeValue(capability);
    if (value.length > 255) {
      throw new RangeError(`Cannot encode BGP capability: value must have up to 255 octets, got ${value.length}`);
    }
    const code = capability.kind === "unknown" ? capability.code : CODECS[capability.kind].code;
    w.u8(code).u8(value.length).octets(value);
  }
  return w.finish();
}

function writeValue(capability: OfKind<KnownKind>): Uint8Array {
  const w = new ByteWriter();
  // The table has the writer of each kind at its name, which the compiler does not follow.
  const { write } = CODECS[capability.kind] as CapabilityCodec<Capability>;
  write(w, capability);
  return w.finish();
}

function readNextHopEncoding(r: ByteReader): NextHopEncoding {
  const family: AfiSafi = { afi: r.u16("NLRI AFI"), safi: r.u16("NLRI SAFI") };
  return { family, nextHopAfi: r.u16("Next Hop AFI") };
}

function readGracefulRestart(r: ByteReader): OfKind<"gracefulRestart"> {
  const flagsAndTime = r.u16("Restart Flags and Time");
  return {
    kind: "gracefulRestart",
    restarting: (flagsAndTime & RESTART_STATE) !== 0,
    notification: (flagsAndTime & GRACEFUL_NOTIFICATION) !== 0,
    restartTimeSeconds: flagsAndTime & RESTART_TIME,
    families: all(r, readRestartFamily),
  };
}

function readRestartFamily(r: ByteReader): RestartFamily {
  const family: AfiSafi = { afi: r.u16("AFI"), safi: r.u8("SAFI") };
  return { family, forwarding: (r.u8("flags") & FORWARDING_STATE) !== 0 };
}

function writeGracefulRestart(w: ByteWriter, capability: OfKind<"gracefulRestart">): void {
  const flags = (capability.restarting ? RESTART_STATE : 0) | (capability.notification ? GRACEFUL_NOTIFICATION : 0);
  w.u16(flags | Math.min(capability.restartTimeSeconds, RESTART_TIME));
  for (const { family, forwarding } of capability.families) {
    w.u16(family.afi)
      .u8(family.safi)
      .u8(forwarding ? FORWARDING_STATE : 0);
  }
}

function all<T>(r: ByteReader, read: (r: ByteReader) => T): T[] {
  const items: T[] = [];
  while (r.remaining > 0) items.push(read(r));
  return items;
}
