import type { Family } from "@fairlead/net";
import type { Capability } from "../packet/capability.ts";
import { UNICAST, unicastFamily } from "../packet/family.ts";
import { AS_TRANS, type NotificationMessage, notification, type OpenMessage, speakerAs } from "../packet/message.ts";
import type { Negotiated, PeerRestart } from "./negotiated.ts";
import type { DownReason } from "./reason.ts";
import type { SessionSettings } from "./settings.ts";

/** What two OPENs come to, or why they come to nothing and what the peer is told. */
export type Negotiation =
  | { readonly ok: true; readonly negotiated: Negotiated }
  | { readonly ok: false; readonly reason: DownReason; readonly notification: NotificationMessage };

/**
 * Compares the peer's OPEN with the configuration and with the OPEN that this speaker sends (RFC 4271 §6.2). What an OPEN has to be by
 * itself was seen when it was decoded.
 */
export function negotiate(settings: SessionSettings, offered: OpenMessage, open: OpenMessage): Negotiation {
  const { localAs, routerId, keepaliveSeconds } = settings;
  const peerAs = speakerAs(open);
  if (!isExpectedAs(settings, peerAs)) {
    return refuse({ code: "PeerAsnMismatch", got: peerAs }, notification("BadPeerAs"));
  }
  const internal = peerAs === localAs;
  // Only within an AS must identifiers differ (RFC 6286 §2.2).
  if (internal && open.routerId === routerId) {
    return refuse({ code: "BadRouterId", by: "local" }, notification("BadBgpIdentifier"));
  }
  // Without KEEPALIVEs a dead peer is never noticed: only if it was asked for.
  if (open.holdTimeSeconds === 0 && offered.holdTimeSeconds !== 0) {
    return refuse({ code: "UnacceptableHoldTime", by: "local", seconds: 0 }, notification("UnacceptableHoldTime"));
  }
  const families = familiesOf(offered).filter((family) => familiesOf(open).includes(family));
  if (families.length === 0) {
    return refuse(
      { code: "NoCommonFamily" },
      notification("UnsupportedCapability", encodeFamilies(familiesOf(offered))),
    );
  }
  const holdTimeSeconds = Math.min(open.holdTimeSeconds, offered.holdTimeSeconds);
  const both = (kind: Capability["kind"]) => has(offered, kind) && has(open, kind);
  return {
    ok: true,
    negotiated: {
      peerAs,
      peerRouterId: open.routerId,
      internal,
      holdTimeSeconds,
      keepaliveSeconds: keepaliveFor(holdTimeSeconds, keepaliveSeconds),
      fourOctetAs: both("fourOctetAs"),
      families,
      extendedMessage: both("extendedMessage"),
      extendedNextHop: takesIpv6NextHops(offered) && takesIpv6NextHops(open),
      routeRefresh: both("routeRefresh"),
      gracefulRestart: has(offered, "gracefulRestart") ? restartOf(open) : undefined,
    },
  };
}

function refuse(reason: DownReason, told: NotificationMessage): Negotiation {
  return { ok: false, reason, notification: told };
}

function isExpectedAs({ remoteAs, localAs }: SessionSettings, peerAs: number): boolean {
  // It stands for another AS, which the peer has not said (RFC 6793 §9).
  if (peerAs === AS_TRANS) return false;
  if (remoteAs === "external") return peerAs !== localAs;
  return peerAs === (remoteAs === "internal" ? localAs : remoteAs);
}

function keepaliveFor(holdTimeSeconds: number, configured: number): number {
  return holdTimeSeconds === 0 ? 0 : Math.max(1, Math.min(configured, Math.floor(holdTimeSeconds / 3)));
}

// A peer that says nothing of families has IPv4 alone (RFC 4760 §8).
function familiesOf({ capabilities }: OpenMessage): readonly Family[] {
  const offered = capabilities.filter((capability) => capability.kind === "multiprotocol");
  if (offered.length === 0) return [4];
  return offered.map(({ family }) => unicastFamily(family)).filter((family) => family !== undefined);
}

function has({ capabilities }: OpenMessage, kind: Capability["kind"]): boolean {
  return capabilities.some((capability) => capability.kind === kind);
}

function takesIpv6NextHops({ capabilities }: OpenMessage): boolean {
  const said = capabilities.find((capability) => capability.kind === "extendedNextHop");
  return said?.encodings.some(({ family, nextHopAfi }) => unicastFamily(family) === 4 && nextHopAfi === 2) ?? false;
}

function restartOf({ capabilities }: OpenMessage): PeerRestart | undefined {
  const said = capabilities.find((capability) => capability.kind === "gracefulRestart");
  if (said === undefined) return undefined;
  const { restarting, notification: keeps, restartTimeSeconds } = said;
  const families = said.families.flatMap(({ family: pair, forwarding }) => {
    const family = unicastFamily(pair);
    return family === undefined ? [] : [{ family, forwarding }];
  });
  return { restarting, notification: keeps, restartTimeSeconds, families };
}

// The data of "Unsupported Capability" are the capabilities that were missed, as in an OPEN (RFC 5492 §5).
function encodeFamilies(families: readonly Family[]): Uint8Array {
  return Uint8Array.from(families.flatMap((family) => [1, 4, 0, UNICAST[family].afi, 0, UNICAST[family].safi]));
}
