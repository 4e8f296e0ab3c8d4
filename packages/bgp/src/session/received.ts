import type { UpdateMessage } from "../packet/message.ts";

/** Prefixes that the peer announced and withdrew in one session. They are counted and dropped: Fairlead only announces. */
export interface Received {
  readonly announced: number;
  readonly withdrawn: number;
}

/** Nothing has come yet. */
export const NOTHING_RECEIVED: Received = { announced: 0, withdrawn: 0 };

/** With the prefixes of one more UPDATE, of unicast families. */
export function count(
  { announced, withdrawn }: Received,
  { nlri, withdrawnRoutes, attributes }: UpdateMessage,
): Received {
  let [more, less] = [nlri.length, withdrawnRoutes.length];
  for (const attribute of attributes) {
    if (attribute.kind === "mpReach") more += attribute.nlri.length;
    if (attribute.kind === "mpUnreach") less += attribute.withdrawn.length;
  }
  return { announced: announced + more, withdrawn: withdrawn + less };
}
