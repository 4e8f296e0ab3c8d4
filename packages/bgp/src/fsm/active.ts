import { beforeOpen } from "./before-open.ts";
import type { FsmEvent } from "./event.ts";
import type { EarlyState, Moment, Step } from "./state.ts";
import { connect, fail } from "./transitions.ts";

/** Active (RFC 4271 §8.2.2): the peer is waited for to connect, or the next attempt is. */
export function active(state: EarlyState, event: FsmEvent, moment: Moment): Step {
  switch (event.kind) {
    case "ConnectRetryTimerExpires":
      return connect(state, moment);
    case "TcpConnectionFails":
      return fail(state, moment, { code: "ClosedBeforeOpen" });
    default:
      return beforeOpen(state, event, moment);
  }
}
