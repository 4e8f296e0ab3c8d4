import { type Allocation, isServed, type Service } from "@fairlead/model";
import { parseTime } from "@fairlead/runtime";
import type { Snapshot } from "../view/snapshot.ts";

/** How far the end of a Service's addresses has come. */
export interface Withdrawal {
  /** Milliseconds until it is to be looked at again, unless a speaker says something new before; 0 if it is over. */
  readonly waitMillis: number;
  /** The nodes that still say that they answer. */
  readonly nodes: readonly string[];
}

/**
 * What was taken a moment before is not in any SpeakerStatus yet: speakers write theirs once a second at most. A second more
 * than that takes, since times in conditions have no fractions.
 */
const LEAST_MILLIS = 2_500;
/** Nothing waits longer for speakers, whatever they say: a node may be dead. */
const LIMIT_MILLIS = 10_000;
/** A speaker that runs writes its status once a minute. */
const STALE_MILLIS = 90_000;

/**
 * Whether the addresses of a Service that is withdrawn are off the wire, or must be taken for that.
 *
 * @param own - its records. One that another Service has too is not waited for: it goes on being answered for.
 */
export function withdrawal(service: Service, own: readonly Allocation[], snapshot: Snapshot): Withdrawal {
  const { speakers, now } = snapshot;
  const addresses = own.filter((record) => !isShared(record, service, snapshot)).map(({ address }) => address);
  const answering = speakers.filter(
    ({ answers, seen }) => !isStale(seen, now) && addresses.some((one) => answers.has(one)),
  );
  const nodes = answering.map(({ node }) => node).sort();
  const limit = addresses.length === 0 ? 0 : nodes.length === 0 ? LEAST_MILLIS : LIMIT_MILLIS;
  const since = parseTime(service.allocated?.since);
  // Another replica's clock may have stamped it. What cannot be read is long past.
  const passed = Math.abs(now - since);
  return { waitMillis: passed < limit ? limit - passed : 0, nodes };
}

function isShared({ holders }: Allocation, { uid }: Service, { serviceOf, classes }: Snapshot): boolean {
  return holders.some((holder) => {
    if (holder.uid === uid) return false;
    const other = serviceOf(holder);
    return other !== undefined && isServed(other, classes);
  });
}

function isStale(seen: string | undefined, now: number): boolean {
  return seen !== undefined && now - parseTime(seen) > STALE_MILLIS;
}
