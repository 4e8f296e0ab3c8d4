import { beforeOpen } from "./before-open.ts";
import type { FsmEvent } from "./event.ts";
import { connectFailure } from "./reason.ts";
import { attributesOf, type EarlyState, type Moment, type Step } from "./state.ts";
import { jittered, STOPPED } from "./timers.ts";
import { connect, fail } from "./transitions.ts";

/** Connect (RFC 4271 §8.2.2): the connection is being made, or is there and the peer's OPEN is waited for. */
export function connecting(state: EarlyState, event: FsmEvent, moment: Moment): Step {
  const { settings, setbacks } = state;
  switch (event.kind) {
    case "ConnectRetryTimerExpires": {
      const { next, effects } = connect({ ...state, setbacks: setbacks + 1 }, moment);
      const reason = connectFailure(undefined, settings.hasKey);
      const told = { kind: "down", reason, retryAt: moment.now } as const;
      return { next, effects: [{ kind: "close", notification: undefined }, told, ...effects] };
    }
    case "TcpConnectionFails": {
      if (state.timers.delayOpen === STOPPED.delayOpen) {
        return fail(state, moment, connectFailure(event.error ?? "ECONNRESET", settings.hasKey), { counted: false });
      }
      const retryAt = moment.now + jittered(settings.connectRetry, moment.chance);
      return {
        next: { ...attributesOf(state), name: "Active", timers: { ...STOPPED, connectRetry: retryAt } },
        effects: [
          { kind: "close", notification: undefined },
          { kind: "down", reason: { code: "ClosedBeforeOpen" }, retryAt },
        ],
      };
    }
    default:
      return beforeOpen(state, event, moment);
  }
}
