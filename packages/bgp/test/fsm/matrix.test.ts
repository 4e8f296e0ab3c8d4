import { expect } from "chai";
import { FSM_EVENTS, type FsmEvent } from "../../src/fsm/event.ts";
import { FSM_STATES, type FsmState } from "../../src/fsm/state.ts";
import { step } from "../../src/fsm/step.ts";
import { eventOf, inWords, MOMENT, STATES } from "./subjects.ts";

type Column = readonly [
  idle: string,
  connect: string,
  active: string,
  openSent: string,
  openConfirm: string,
  established: string,
];

const SAME = "=";
const IGNORED: Column = [SAME, SAME, SAME, SAME, SAME, SAME];
const EARLY = "Idle: close, down UnexpectedMessage";
const FSM_ERROR = (subcode: number) => `Idle: notify 5/${subcode}, down UnexpectedMessage`;

/** RFC 4271 §8.2.2, event by event: "next state: effects"; "=" where nothing happens. States in the RFC's order. */
const MATRIX: Readonly<Record<FsmEvent["kind"], Column>> = {
  ManualStart: ["Connect: connect", SAME, SAME, SAME, SAME, SAME],
  ManualStop: [
    SAME,
    "Idle: close, down AdministrativeShutdown",
    "Idle: close, down AdministrativeShutdown",
    "Idle: notify 6/2, down AdministrativeShutdown",
    "Idle: notify 6/2, down AdministrativeShutdown",
    "Idle: notify 6/2, down AdministrativeShutdown",
  ],
  AutomaticStart: ["Connect: connect", SAME, SAME, SAME, SAME, SAME],
  ManualStartWithPassive: ["Active", SAME, SAME, SAME, SAME, SAME],
  AutomaticStartWithPassive: ["Active", SAME, SAME, SAME, SAME, SAME],
  AutomaticStartWithDamping: ["Connect: connect", SAME, SAME, SAME, SAME, SAME],
  AutomaticStartWithDampingAndPassive: ["Active", SAME, SAME, SAME, SAME, SAME],
  AutomaticStop: [
    SAME,
    "Idle: close, down BfdDown",
    "Idle: close, down BfdDown",
    "Idle: notify 6/10, down BfdDown",
    "Idle: notify 6/10, down BfdDown",
    "Idle: notify 6/10, down BfdDown",
  ],
  ConnectRetryTimerExpires: [
    SAME,
    "Connect: close, down ConnectFailed, connect",
    "Connect: connect",
    FSM_ERROR(0),
    FSM_ERROR(0),
    FSM_ERROR(0),
  ],
  HoldTimerExpires: [
    SAME,
    EARLY,
    EARLY,
    "Idle: notify 4/0, down HoldTimerExpired",
    "Idle: notify 4/0, down HoldTimerExpired",
    "Idle: notify 4/0, down HoldTimerExpired",
  ],
  KeepaliveTimerExpires: [
    SAME,
    EARLY,
    EARLY,
    FSM_ERROR(0),
    "OpenConfirm: send keepalive",
    "Established: send keepalive",
  ],
  DelayOpenTimerExpires: [SAME, "OpenSent: send open", "OpenSent: send open", FSM_ERROR(0), FSM_ERROR(0), FSM_ERROR(0)],
  IdleHoldTimerExpires: ["Connect: connect", EARLY, EARLY, FSM_ERROR(0), FSM_ERROR(0), FSM_ERROR(0)],
  TcpConnectionValid: IGNORED,
  TcpConnectionInvalid: IGNORED,
  TcpConnectionAcknowledged: [SAME, "OpenSent: send open", "OpenSent: send open", SAME, SAME, SAME],
  TcpConnectionConfirmed: [SAME, "OpenSent: send open", "OpenSent: send open", SAME, SAME, SAME],
  TcpConnectionFails: [
    SAME,
    "Idle: close, down ConnectFailed",
    "Idle: close, down ClosedBeforeOpen",
    "Active: close, down ClosedBeforeOpen",
    "Idle: close, down ConnectionLost",
    "Idle: close, down ConnectionLost",
  ],
  Open: [SAME, EARLY, EARLY, "OpenConfirm: send keepalive", FSM_ERROR(2), FSM_ERROR(3)],
  OpenWithDelayOpenTimer: [
    SAME,
    "OpenConfirm: send open, send keepalive",
    "OpenConfirm: send open, send keepalive",
    FSM_ERROR(1),
    FSM_ERROR(2),
    FSM_ERROR(3),
  ],
  HeaderError: [
    SAME,
    "Idle: close, down MalformedMessage",
    "Idle: close, down MalformedMessage",
    "Idle: notify 1/2, down MalformedMessage",
    "Idle: notify 1/2, down MalformedMessage",
    "Idle: notify 1/2, down MalformedMessage",
  ],
  OpenError: [
    SAME,
    "Idle: close, down MalformedMessage",
    "Idle: close, down MalformedMessage",
    "Idle: notify 2/1, down MalformedMessage",
    FSM_ERROR(2),
    FSM_ERROR(3),
  ],
  OpenCollisionDump: [
    SAME,
    EARLY,
    EARLY,
    "Idle: notify 6/7, down SessionCollision",
    "Idle: notify 6/7, down SessionCollision",
    "Idle: notify 6/7, down SessionCollision",
  ],
  NotificationVersionError: [
    SAME,
    "Idle: close, down NotificationReceived",
    "Idle: close, down NotificationReceived",
    "Idle: close, down NotificationReceived",
    "Idle: close, down NotificationReceived",
    "Idle: close, down NotificationReceived",
  ],
  Notification: [
    SAME,
    "Idle: close, down ConnectionRejected",
    "Idle: close, down ConnectionRejected",
    "Idle: close, down ConnectionRejected",
    "Idle: close, down ConnectionRejected",
    "Idle: close, down ConnectionRejected",
  ],
  Keepalive: [SAME, EARLY, EARLY, FSM_ERROR(1), "Established: established", "Established"],
  Update: [SAME, EARLY, EARLY, FSM_ERROR(1), FSM_ERROR(2), "Established: received update"],
  UpdateError: [SAME, EARLY, EARLY, FSM_ERROR(1), FSM_ERROR(2), "Idle: notify 3/1, down MalformedMessage"],
  SendHoldTimerExpires: [SAME, EARLY, EARLY, FSM_ERROR(0), FSM_ERROR(0), "Idle: notify 8/0, down SendHoldTimerExpired"],
  SendProgress: [SAME, SAME, SAME, SAME, SAME, "Established"],
  RouteRefresh: [SAME, EARLY, EARLY, FSM_ERROR(1), FSM_ERROR(2), "Established: received routeRefresh"],
};

/** Failures that leave ConnectRetryCounter as it is: "state event". */
const UNCOUNTED = new Set([
  "Connect ConnectRetryTimerExpires",
  "Connect TcpConnectionFails",
  "OpenSent TcpConnectionFails",
  "OpenSent NotificationVersionError",
  "OpenConfirm NotificationVersionError",
]);

function outcome(before: FsmState, event: FsmEvent): string {
  const { next, effects } = step(before, event, MOMENT);
  if (next === before && effects.length === 0) return SAME;
  return [next.name, effects.map(inWords).join(", ")].filter((part) => part !== "").join(": ");
}

describe("the state machine", () => {
  it("has a row for each event and a cell for each state", () => {
    expect(Object.keys(MATRIX)).to.have.members([...FSM_EVENTS]);
    for (const column of Object.values(MATRIX)) expect(column).to.have.length(FSM_STATES.length);
  });

  for (const kind of FSM_EVENTS) {
    for (const [i, name] of FSM_STATES.entries()) {
      it(`does what ${kind} asks for in ${name}`, () => {
        expect(STATES[name].name).to.equal(name);
        expect(outcome(STATES[name], eventOf(kind))).to.equal(MATRIX[kind][i]);
      });
    }
  }

  for (const kind of FSM_EVENTS) {
    for (const name of FSM_STATES) {
      const { effects, next } = step(STATES[name], eventOf(kind), MOMENT);
      if (!effects.some((effect) => effect.kind === "down")) continue;
      const grows = UNCOUNTED.has(`${name} ${kind}`) ? 0 : 1;
      const wanted = kind === "ManualStop" ? 0 : STATES[name].connectRetryCounter + grows;
      it(`counts ${kind} in ${name} as ${wanted - STATES[name].connectRetryCounter} attempts`, () =>
        expect(next.connectRetryCounter).to.equal(wanted));
    }
  }

  it("tells nobody anything more once it is Idle, whatever had gone on", () => {
    for (const name of FSM_STATES) {
      for (const kind of FSM_EVENTS) {
        const { next, effects } = step(STATES[name], eventOf(kind), MOMENT);
        if (next.name !== "Idle" || name === "Idle") continue;
        expect(
          effects.map((effect) => effect.kind),
          `${name} ${kind}`,
        ).to.deep.equal(["close", "down"]);
      }
    }
  });
});
