import type { FsmEffect } from "../../src/fsm/effect.ts";
import type { FSM_EVENTS, FsmEvent } from "../../src/fsm/event.ts";
import type { SessionSettings } from "../../src/fsm/settings.ts";
import { DEFAULT_SETTINGS } from "../../src/fsm/settings.ts";
import type { FsmState, Moment } from "../../src/fsm/state.ts";
import { begin, step } from "../../src/fsm/step.ts";
import type { Capability } from "../../src/packet/capability.ts";
import { UNICAST } from "../../src/packet/family.ts";
import { notification, type OpenMessage } from "../../src/packet/message.ts";

/** AS 64512 with the identifier 10.0.0.5; the peer is AS 64513 with 10.0.0.1. */
export const SETTINGS: SessionSettings = {
  ...DEFAULT_SETTINGS,
  localAs: 64512,
  routerId: 0x0a000005,
  remoteAs: 64513,
  families: [4, 6],
};

const CAPABILITIES: readonly Capability[] = [
  { kind: "multiprotocol", family: UNICAST[4] },
  { kind: "multiprotocol", family: UNICAST[6] },
  { kind: "routeRefresh" },
  { kind: "fourOctetAs", as: 64513 },
];

/** The peer's OPEN. */
export const OPEN: OpenMessage = {
  kind: "open",
  as: 64513,
  holdTimeSeconds: 90,
  routerId: 0x0a000001,
  capabilities: CAPABILITIES,
};

export const MOMENT: Moment = { now: 1_000_000, chance: 0.5 };
const UPDATE = { kind: "update", withdrawnRoutes: [], attributes: [], nlri: [] } as const;
const REFRESH = { kind: "routeRefresh", family: UNICAST[4], subtype: 0 } as const;
const SHUTDOWN = { code: "AdministrativeShutdown" } as const;

const GIVEN: Partial<{ [K in FsmEvent["kind"]]: Extract<FsmEvent, { kind: K }> }> = {
  ManualStop: { kind: "ManualStop", reason: SHUTDOWN },
  AutomaticStop: { kind: "AutomaticStop", reason: { code: "BfdDown" } },
  TcpConnectionFails: { kind: "TcpConnectionFails", error: "ECONNREFUSED" },
  Open: { kind: "Open", open: OPEN },
  OpenWithDelayOpenTimer: { kind: "OpenWithDelayOpenTimer", open: OPEN },
  HeaderError: { kind: "HeaderError", notification: notification("BadMessageLength") },
  OpenError: { kind: "OpenError", notification: notification("UnsupportedVersionNumber") },
  UpdateError: { kind: "UpdateError", notification: notification("MalformedAttributeList") },
  NotificationVersionError: {
    kind: "NotificationVersionError",
    notification: notification("UnsupportedVersionNumber"),
  },
  Notification: { kind: "Notification", notification: notification("ConnectionRejected") },
  Update: { kind: "Update", update: UPDATE },
  RouteRefresh: { kind: "RouteRefresh", refresh: REFRESH },
};

/** An event of each kind. */
export function eventOf(kind: (typeof FSM_EVENTS)[number]): FsmEvent {
  return GIVEN[kind] ?? ({ kind } as FsmEvent);
}

/** The state after these events, all of them at once. */
export function after(
  events: readonly (FsmEvent | FsmEvent["kind"])[],
  settings = SETTINGS,
  moment = MOMENT,
): FsmState {
  return events.reduce<FsmState>((state, event) => {
    return step(state, typeof event === "string" ? eventOf(event) : event, moment).next;
  }, begin(settings));
}

const WAY = ["ManualStart", "TcpConnectionAcknowledged", "Open", "Keepalive"] as const;

/** A state of each name, come to in the usual way; Active after the peer has closed the first connection. */
export const STATES: Readonly<Record<FsmState["name"], FsmState>> = {
  Idle: after([]),
  Connect: after(WAY.slice(0, 1)),
  Active: after([...WAY.slice(0, 2), "TcpConnectionFails"]),
  OpenSent: after(WAY.slice(0, 2)),
  OpenConfirm: after(WAY.slice(0, 3)),
  Established: after(WAY),
};

/** An effect in a word or two. */
export function inWords(effect: FsmEffect): string {
  switch (effect.kind) {
    case "send":
    case "received":
      return `${effect.kind} ${effect.message.kind}`;
    case "close":
      return effect.notification ? `notify ${effect.notification.code}/${effect.notification.subcode}` : "close";
    case "down":
      return `down ${effect.reason.code}`;
    default:
      return effect.kind;
  }
}
