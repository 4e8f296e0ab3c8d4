import { NETLINK, NLM_F, netlinkRequest } from "@fairlead/linux";
import { decodeCounter, objectDumpRequest } from "../packet/counter.ts";

/**
 * The named counters of a table of family netdev, as packets by name; empty where there is no such table. Undefined when the
 * table was changed meanwhile: ask again.
 *
 * @throws SystemCallError when the kernel refuses, DecodeError when its answer cannot be read.
 */
export function readCounters(table: string): ReadonlyMap<string, number> | undefined {
  const messages = netlinkRequest(
    NETLINK.netfilter,
    `read counters of table netdev "${table}"`,
    objectDumpRequest(table, 1),
  );
  if (messages.some(({ flags }) => (flags & NLM_F.dumpInterrupted) !== 0)) return undefined;
  const counters = messages.flatMap((message) => decodeCounter(message) ?? []);
  return new Map(counters.map(({ name, packets }) => [name, packets]));
}
