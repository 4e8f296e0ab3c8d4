import { ByteReader, type Family } from "@fairlead/net";
import type { PathAttribute } from "./attribute.ts";
import { MP_CODECS } from "./attribute-codecs.ts";
import { type AfiSafi, unicastFamily } from "./family.ts";
import { MessageError } from "./message-error.ts";
import { nextHopFault, readAfiSafi, readMpReach, readMpUnreach } from "./mp-routes.ts";
import type { SessionTraits } from "./session-traits.ts";
import { readOr, type UpdateFault } from "./update-fault.ts";
import { type AttributeOutcome, flagsFault, type WireAttribute } from "./wire-attribute.ts";

type MpReach = Extract<PathAttribute, { kind: "mpReach" }>;

/**
 * Reads MP_REACH_NLRI or MP_UNREACH_NLRI. Routes of a family that was not negotiated are passed over.
 *
 * @throws MessageError if it is too short to say of which family it is.
 */
export function decodeMpAttribute(wire: WireAttribute, traits: SessionTraits): AttributeOutcome {
  const afiSafi = familyOf(wire);
  const family = unicastFamily(afiSafi);
  if (family === undefined || !traits.families.includes(family)) {
    const reason = `Routes of AFI ${afiSafi.afi}, SAFI ${afiSafi.safi} were not negotiated`;
    return { fault: { action: "attributeDiscard", reason } };
  }
  return readOr(
    () => readRoutes(wire, family, traits),
    (reason): AttributeOutcome => ({ fault: { action: "disableFamily", family, reason } }),
  );
}

function familyOf({ type, value }: WireAttribute): AfiSafi {
  const fail = (reason: string): never => {
    throw new MessageError(reason, "OptionalAttributeError");
  };
  return readOr(() => readAfiSafi(new ByteReader(`BGP attribute ${type}`, value)), fail);
}

function readRoutes(wire: WireAttribute, family: Family, traits: SessionTraits): AttributeOutcome {
  const r = new ByteReader(`BGP attribute ${wire.type}`, wire.value);
  const attribute = wire.type === MP_CODECS.mpReach.type ? readMpReach(r, family) : readMpUnreach(r, family);
  const { flags } = MP_CODECS[attribute.kind];
  const fault = flagsFault(wire, flags) ?? (attribute.kind === "mpReach" ? unusable(attribute, traits) : undefined);
  return fault === undefined ? { attribute } : { attribute, fault };
}

function unusable({ family, nextHop }: MpReach, traits: SessionTraits): UpdateFault | undefined {
  if (family === 4 && nextHop.address.family === 6 && !traits.extendedNextHop) {
    return { action: "treatAsWithdraw", reason: "IPv6 next hops of IPv4 routes were not negotiated" };
  }
  // On a link without global addresses some speakers put :: before the link-local one.
  const useless = nextHopFault(nextHop.linkLocal ?? nextHop.address);
  if (useless === undefined) return undefined;
  return { action: "treatAsWithdraw", reason: `the next hop must be the address of a host, got one ${useless}` };
}
