import type { Family } from "@fairlead/net";
import type { Capability } from "../packet/capability.ts";
import { explainNotification } from "../packet/explain-notification.ts";
import { unicastFamily } from "../packet/family.ts";
import type { NotificationMessage } from "../packet/message.ts";

/** What is not offered to a peer any more, since it refused it. Kept until the peer's configuration changes. */
export interface Concessions {
  /** A longer Hold Time than the configured one, in seconds. */
  readonly holdTimeSeconds: number | undefined;
  /** Capabilities left out (RFC 5492 §5), other than families and four-octet AS numbers. */
  readonly capabilities: readonly Capability["kind"][];
  /** Families left out. */
  readonly families: readonly Family[];
}

/** All is offered. */
export const NO_CONCESSIONS: Concessions = { holdTimeSeconds: undefined, capabilities: [], families: [] };

const LONGER_HOLD_TIMES = [20, 90];

/** What is offered after the peer has refused the last OPEN; the same as before if nothing can be left out for it. */
export function concede(before: Concessions, offeredHold: number, refusal: NotificationMessage): Concessions {
  const { name, capabilities = [] } = explainNotification(refusal);
  switch (name) {
    case "UnacceptableHoldTime": {
      const longer = LONGER_HOLD_TIMES.find((seconds) => seconds > offeredHold);
      return longer === undefined || offeredHold === 0 ? before : { ...before, holdTimeSeconds: longer };
    }
    case "UnsupportedCapability": {
      const families = capabilities.flatMap((refused) => {
        const family = refused.kind === "multiprotocol" ? unicastFamily(refused.family) : undefined;
        return family === undefined ? [] : [family];
      });
      return {
        ...before,
        capabilities: [...new Set([...before.capabilities, ...capabilities.map(({ kind }) => kind)])],
        families: [...new Set([...before.families, ...families])],
      };
    }
    default:
      return before;
  }
}
