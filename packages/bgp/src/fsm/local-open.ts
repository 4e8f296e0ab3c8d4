import type { Capability } from "../packet/capability.ts";
import { UNICAST } from "../packet/family.ts";
import { AS_TRANS, type OpenMessage } from "../packet/message.ts";
import type { Concessions } from "./concede.ts";
import type { SessionSettings } from "./settings.ts";

/** The OPEN that this speaker sends: what is configured, less what the peer has refused. */
export function localOpen(settings: SessionSettings, concessions: Concessions): OpenMessage {
  const { localAs, routerId, holdTimeSeconds } = settings;
  return {
    kind: "open",
    as: localAs > 0xffff ? AS_TRANS : localAs,
    holdTimeSeconds: concessions.holdTimeSeconds ?? holdTimeSeconds,
    routerId,
    capabilities: capabilities(settings, concessions),
  };
}

function capabilities(settings: SessionSettings, refused: Concessions): readonly Capability[] {
  const { localAs, extendedNextHop, extendedMessage, gracefulRestart } = settings;
  const may = (kind: Capability["kind"]) => !refused.capabilities.includes(kind);
  const left = settings.families.filter((family) => !refused.families.includes(family));
  // An OPEN without any family offers IPv4 (RFC 4760 §8).
  const families = left.length > 0 ? left : settings.families;
  const all: Capability[] = families.map((family) => ({ kind: "multiprotocol", family: UNICAST[family] }));
  if (may("routeRefresh")) all.push({ kind: "routeRefresh" });
  if (extendedNextHop && may("extendedNextHop")) {
    all.push({ kind: "extendedNextHop", encodings: [{ family: UNICAST[4], nextHopAfi: UNICAST[6].afi }] });
  }
  if (extendedMessage && may("extendedMessage")) all.push({ kind: "extendedMessage" });
  if (gracefulRestart !== undefined && may("gracefulRestart")) {
    const { restarting, restartTimeSeconds, forwarding } = gracefulRestart;
    const kept = families.map((family) => ({ family: UNICAST[family], forwarding: forwarding.includes(family) }));
    all.push({ kind: "gracefulRestart", restarting, notification: true, restartTimeSeconds, families: kept });
  }
  // Never left out: without it an AS number above 65535 could not be said.
  all.push({ kind: "fourOctetAs", as: localAs });
  return all;
}
