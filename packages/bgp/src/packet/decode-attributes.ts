import { ByteReader } from "@fairlead/net";
import type { PathAttribute } from "./attribute.ts";
import { type AttributeCodec, CODECS, MP_CODECS } from "./attribute-codecs.ts";
import { decodeMpAttribute } from "./decode-mp.ts";
import { MessageError } from "./message-error.ts";
import { nextHopFault } from "./mp-routes.ts";
import type { SessionTraits } from "./session-traits.ts";
import { readOr, type UpdateFault } from "./update-fault.ts";
import {
  type AttributeOutcome,
  flagsFault,
  OPTIONAL,
  readWireAttribute,
  type WireAttribute,
} from "./wire-attribute.ts";

/** Attributes that came well formed, at most one of each type, and what was wrong with the others. */
export interface DecodedAttributes {
  readonly attributes: readonly PathAttribute[];
  readonly faults: readonly UpdateFault[];
  /** Whether MP_REACH_NLRI was there, be it among the attributes or passed over. */
  readonly hasMpReach: boolean;
}

const BY_TYPE = new Map(Object.values(CODECS).map((codec) => [codec.type, codec as AttributeCodec<PathAttribute>]));
const MP_TYPES: ReadonlySet<number> = new Set(Object.values(MP_CODECS).map(({ type }) => type));

/**
 * Reads the Path Attributes field with the revised error handling of RFC 7606.
 *
 * @throws MessageError if MP_REACH_NLRI or MP_UNREACH_NLRI is there twice, or too short to say of which family it is.
 */
export function decodeAttributes(octets: Uint8Array, traits: SessionTraits): DecodedAttributes {
  const attributes: PathAttribute[] = [];
  const faults: UpdateFault[] = [];
  const seen = new Set<number>();
  for (const { attribute, fault } of outcomes(octets, traits, seen)) {
    if (attribute !== undefined) attributes.push(attribute);
    if (fault !== undefined) faults.push(fault);
  }
  return { attributes, faults, hasMpReach: seen.has(MP_CODECS.mpReach.type) };
}

function* outcomes(octets: Uint8Array, traits: SessionTraits, seen: Set<number>): Generator<AttributeOutcome> {
  const r = new ByteReader("BGP path attributes", octets);
  while (r.remaining > 0) {
    const wire = readOr(() => readWireAttribute(r), withdraw);
    if ("fault" in wire) return yield wire; // Where the next one begins is not known (RFC 7606 §4).
    yield seen.has(wire.type) ? onRepeated(wire.type) : decodeOne(wire, traits);
    seen.add(wire.type);
  }
}

// RFC 7606 §3 g.
function onRepeated(type: number): AttributeOutcome {
  const reason = `Cannot decode BGP UPDATE: attribute ${type} must be there once, got it again`;
  if (MP_TYPES.has(type)) throw new MessageError(reason, "MalformedAttributeList");
  return discard(`${reason}; the first one counts`);
}

function decodeOne(wire: WireAttribute, traits: SessionTraits): AttributeOutcome {
  if (MP_TYPES.has(wire.type)) return decodeMpAttribute(wire, traits);
  const codec = BY_TYPE.get(wire.type);
  if (codec !== undefined) return decodeKnown(wire, codec, traits);
  if ((wire.flags & OPTIONAL) !== 0) return { attribute: { kind: "unknown", ...wire } };
  return withdraw(`Cannot decode BGP UPDATE: attribute ${wire.type} is unknown, and must be optional then`);
}

function decodeKnown(
  wire: WireAttribute,
  codec: AttributeCodec<PathAttribute>,
  traits: SessionTraits,
): AttributeOutcome {
  if (codec.internalOnly && !traits.internal) return discard(`Attribute ${wire.type} is not for peers of another AS`);
  if (codec.twoOctetOnly && traits.fourOctetAs) {
    return discard(`Attribute ${wire.type} is not for peers with AS numbers of four octets`);
  }
  const fault = flagsFault(wire, codec.flags);
  if (fault !== undefined) return { fault };
  return readOr(
    () => readValue(wire, codec, traits),
    (reason) => ({ fault: { action: codec.ifMalformed, reason } }),
  );
}

function readValue(wire: WireAttribute, codec: AttributeCodec<PathAttribute>, traits: SessionTraits): AttributeOutcome {
  const r = new ByteReader(`BGP attribute ${wire.type}`, wire.value);
  const attribute = codec.read(r, traits.fourOctetAs);
  r.end();
  const useless = attribute.kind === "nextHop" ? nextHopFault(attribute.address) : undefined;
  return useless === undefined ? { attribute } : withdraw(`NEXT_HOP must be the address of a host, got one ${useless}`);
}

function withdraw(reason: string): { readonly fault: UpdateFault } {
  return { fault: { action: "treatAsWithdraw", reason } };
}

function discard(reason: string): AttributeOutcome {
  return { fault: { action: "attributeDiscard", reason } };
}
