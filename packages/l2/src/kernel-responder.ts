import type { Link } from "@fairlead/linux";
import { formatAddress, type IpAddress } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { distinct } from "./answered-addresses.ts";
import { AnycastAddresses, type AnycastOptions } from "./anycast-addresses.ts";
import {
  type Answers,
  changeTable,
  type GateElement,
  gateElement,
  hasShares,
  removeTable,
  replaceTable,
} from "./kernel-table.ts";
import { passOnLateFrames, removeLateFrames } from "./late-frames.ts";
import type { Gate, Nft, Responder } from "./ports.ts";

/** What {@link kernelResponder} works with. */
export interface KernelResponderOptions extends AnycastOptions {
  readonly nft: Nft;
  /** `onLost` is to be called when a refresh fails because the table is gone: the responder then makes it anew. */
  readonly openGate: (element: GateElement, onLost: () => void) => Gate;
  /** Told once if connections under way cannot be passed on to an address' former owner. */
  readonly onCannotPassOn?: (error: unknown) => void;
  readonly link: Link;
  /** Silence after the last refresh, in milliseconds, 100 or more. */
  readonly timeoutMillis: Millis;
}

/**
 * Answers ARP and NDP in the kernel (nftables, netdev family; anycast addresses): no user space is in the path of an
 * answer, and a pause of this process shorter than the timeout harms nothing. The link must keep its name and Ethernet
 * address; make another responder when they change. Nothing touches the kernel before the first {@link Responder.answer}.
 */
export function kernelResponder(options: KernelResponderOptions): Responder {
  const { nft, openGate, link, timeoutMillis } = options;
  const anycast = new AnycastAddresses(options);
  let wanted: Answers = { addresses: [], shares: [] };
  let loaded: Answers | undefined;
  let repairing = false;
  /** What was last handed over to this node, each with its former owner; undefined where that cannot be passed on. */
  let late: ReadonlyMap<string, IpAddress> | undefined = new Map();
  let passedOn = false;
  let gate: Gate | undefined;
  let closed = false;
  let last: Promise<void> = Promise.resolve();

  const inOrder = (action: () => Promise<void>): Promise<void> => {
    const done = last.then(action);
    last = done.catch(() => undefined);
    return done;
  };
  // The kernel must never have an address that the gate does not know of.
  const apply = async (): Promise<void> => {
    if (closed) return;
    const goal = wanted;
    const all = distinct([...goal.addresses, ...goal.shares.map(({ address }) => address)]);
    anycast.leaveAllBut(all);
    const isOther = loaded === undefined || hasShares(loaded) !== hasShares(goal);
    const script = isOther ? replaceTable(link, goal, timeoutMillis) : changeTable(link, loaded ?? goal, goal);
    if (script !== undefined) {
      // Whatever a failed load leaves behind is replaced as a whole by the next one.
      loaded = undefined;
      await nft.load(script);
      loaded = goal;
      gate ??= openGate(gateElement(link, timeoutMillis), repairLost);
    }
    await anycast.join(all);
  };
  // Some kernels cannot (nft_dup_ipv4): then connections under way break, as they do at a sudden take-over.
  const passOn = async (former: ReadonlyMap<string, IpAddress>, owned: ReadonlySet<string>): Promise<void> => {
    if (late === undefined || closed) return;
    // Two nodes that gave an address to each other in turn must not pass a frame to and fro.
    const kept = new Map([...late].filter(([address]) => owned.has(address)));
    const next = former.size > 0 ? former : kept;
    if (next === kept && kept.size === late.size) return;
    passedOn = true;
    late = next;
    await nft.load(passOnLateFrames(link, next)).catch((error) => {
      late = undefined;
      options.onCannotPassOn?.(error);
    });
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
    inOrder(reload)
      .catch(() => undefined)
      .finally(() => {
        repairing = false;
      });
  };
  return {
    kind: "kernel",
    answer: (addresses, shares = [], former = new Map()) =>
      inOrder(async () => {
        await passOn(former, new Set(addresses.map(formatAddress)));
        wanted = { addresses: distinct(addresses), shares };
        return apply();
      }),
    repair: () =>
      inOrder(() => {
        anycast.leaveAllBut([]);
        return reload();
      }),
    refresh() {
      gate?.refresh();
      anycast.refresh();
    },
    close: () =>
      inOrder(async () => {
        closed = true;
        gate?.close();
        gate = undefined;
        try {
          await anycast.close();
        } finally {
          await nft.load(`${removeTable(link)}${passedOn ? removeLateFrames(link) : ""}`);
        }
      }),
  };
}

/**
 * Whether the kernel and nft can answer on this link: loads the very table, answering for nothing, and removes it.
 * Asks the kernel, not its version. Call it before there is a responder for the link: it would lose its table.
 */
export async function kernelResponderSupported(nft: Nft, link: Link): Promise<boolean> {
  try {
    await nft.load(replaceTable(link, { addresses: [], shares: [] }, 1_000));
    await nft.load(removeTable(link));
    return true;
  } catch {
    return false;
  }
}
