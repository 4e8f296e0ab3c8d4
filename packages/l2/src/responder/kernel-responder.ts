import type { Link } from "@fairlead/linux";
import { formatAddress } from "@fairlead/net";
import { type Millis, Turns } from "@fairlead/runtime";
import type { Gate, Nft, Responder } from "../ports.ts";
import { AnswerCounts, type AnswerCountsOptions } from "./answer-counts.ts";
import { distinct } from "./answered-addresses.ts";
import { AnycastAddresses, type AnycastOptions } from "./anycast-addresses.ts";
import {
  type Answers,
  changeTable,
  type GateElement,
  type GateKeeper,
  gateElement,
  hasShares,
  removeTable,
  replaceTable,
} from "./kernel-table.ts";
import { LateFrames, type LateFramesOptions } from "./late-frames.ts";

/** What {@link kernelResponder} works with. */
export interface KernelResponderOptions extends AnycastOptions, LateFramesOptions, AnswerCountsOptions {
  /** `onLost` is to be called when a refresh fails because the table is gone: the responder then makes it anew. */
  readonly openGate: (element: GateElement, onLost: () => void) => Gate;
  readonly link: Link;
  /** Silence after the last refresh, in milliseconds, 100 or more. */
  readonly timeoutMillis: Millis;
  /** What keeps the answers coming; see {@link gateKeeper}. */
  readonly keptBy: GateKeeper;
}

/**
 * Answers ARP and NDP in the kernel (nftables, netdev family; anycast addresses): no user space is in the path of an
 * answer, and a pause of this process shorter than the timeout harms nothing. The link must keep its name and Ethernet
 * address; make another responder when they change. Nothing touches the kernel before the first {@link Responder.answer}.
 */
export function kernelResponder(options: KernelResponderOptions): Responder {
  const { nft, openGate, link, timeoutMillis, keptBy } = options;
  const anycast = new AnycastAddresses(options);
  const late = new LateFrames(options);
  const counts = new AnswerCounts(options);
  let wanted: Answers = { addresses: [], shares: [] };
  let loaded: Answers | undefined;
  let repairing = false;
  let gate: Gate | undefined;
  let closed = false;
  const turns = new Turns();
  // The kernel must never have an address that the gate does not know of.
  const apply = async (): Promise<void> => {
    if (closed) return;
    const goal = wanted;
    const all = distinct([...goal.addresses, ...goal.shares.map(({ address }) => address)]);
    anycast.leaveAllBut(all);
    const isOther = loaded === undefined || hasShares(loaded) !== hasShares(goal);
    const script = isOther ? replaceTable(link, goal, options) : changeTable(link, loaded ?? goal, goal);
    if (script !== undefined) {
      if (isOther && gate !== undefined) counts.beginAnew(gate);
      // Whatever a failed load leaves behind is replaced as a whole by the next one.
      loaded = undefined;
      await nft.load(script);
      loaded = goal;
      gate ??= openGate(gateElement(link, timeoutMillis), repairLost);
    }
    await anycast.join(all);
  };
  const reload = (): Promise<void> => {
    loaded = undefined;
    return apply();
  };
  // Somebody has flushed the whole rule set, as firewalls do when they restart.
  const repairLost = (): void => {
    if (repairing) return;
    repairing = true;
    // If this fails too, the next refresh does, and comes here again.
    turns
      .run(reload)
      .catch(() => undefined)
      .finally(() => {
        repairing = false;
      });
  };
  return {
    kind: "kernel",
    keptByHeartbeats: keptBy === "heartbeats",
    answer: (addresses, shares = [], former = new Map()) =>
      turns.run(async () => {
        if (!closed) await late.follow(former, new Set(addresses.map(formatAddress)));
        wanted = { addresses: distinct(addresses), shares };
        return apply();
      }),
    repair: () =>
      turns.run(() => {
        anycast.leaveAllBut([]);
        return reload();
      }),
    refresh() {
      anycast.refresh();
      if (gate === undefined) return;
      if (keptBy === "refresh") gate.refresh();
      else if (!isThere(gate)) repairLost();
      counts.look(gate);
    },
    close: () =>
      turns.run(async () => {
        closed = true;
        if (gate !== undefined) counts.beginAnew(gate);
        gate?.close();
        gate = undefined;
        try {
          await anycast.close();
        } finally {
          await nft.load(`${removeTable(link)}${late.removal}`);
        }
      }),
  };
}

/**
 * What can keep the kernel's answers coming on this link, the best first; undefined if kernel or nft cannot answer there. Loads
 * the very table, answering for nothing, and removes it: asks the kernel, not its version. Call it before there is a responder
 * for the link: it would lose its table.
 */
export async function gateKeeper(nft: Nft, link: Link): Promise<GateKeeper | undefined> {
  for (const keptBy of ["heartbeats", "refresh"] as const) {
    try {
      await nft.load(replaceTable(link, { addresses: [], shares: [] }, { timeoutMillis: 1_000, keptBy }));
      await nft.load(removeTable(link));
      return keptBy;
    } catch {
      // The next one takes less.
    }
  }
  return undefined;
}

// A table that is there has counters. What cannot be read now is asked for again soon.
function isThere(gate: Gate): boolean {
  try {
    return gate.counters()?.size !== 0;
  } catch {
    return true;
  }
}
