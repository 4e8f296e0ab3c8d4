import type { Cancel } from "@fairlead/runtime";
import { linksFromDump, sameLinks } from "../links.ts";
import { addressDumpRequest } from "../packet/address-message.ts";
import { linkDumpRequest } from "../packet/link-message.ts";
import { decodeNetlink, encodeNetlink, type NetlinkMessage, NLM_F, NLMSG, readHostU32 } from "../packet/netlink.ts";
import { routeDumpRequest } from "../packet/path-message.ts";
import { decodeRouteMessage, type RouteMessage, RTMGRP } from "../packet/rtnetlink.ts";
import type { Link, Links } from "../ports.ts";
import { SystemCallError } from "../system-call-error.ts";
import { NETLINK, NetlinkSocket } from "./netlink-socket.ts";

// Starting a hundred pods changes links a hundred times; a dump of a thousand links takes some milliseconds.
const AT_MOST_EVERY_MILLIS = 20;
// Routes matter less, and routing daemons change them all the time.
const ROUTES_AT_MOST_EVERY_MILLIS = 1_000;
const TRIES = 5;

/**
 * Watches the links of this process's network namespace: whatever the kernel tells, all links are asked for anew, so
 * that lost messages do no harm. The first list is there when this returns.
 *
 * @throws SystemCallError when netlink cannot be used.
 */
export async function watchLinks(): Promise<Links> {
  // Listening starts before the first dump, or a change in between would go unseen.
  const events = new NetlinkSocket(NETLINK.route, RTMGRP.link | RTMGRP.ipv4Address | RTMGRP.ipv6Address);
  const routeEvents = new NetlinkSocket(NETLINK.route, RTMGRP.ipv4Route | RTMGRP.ipv6Route);
  const listeners = new Set<() => void>();
  let links = dumpLinks();
  let dumpedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  const refresh = (): void => {
    dueAt = Number.POSITIVE_INFINITY;
    dumpedAt = performance.now();
    const now = dumpLinks();
    if (sameLinks(links, now)) return;
    links = now;
    for (const listener of [...listeners]) listener();
  };
  const refreshOnce = (every: number): void => {
    const at = Math.max(performance.now(), dumpedAt + every);
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(refresh, Math.max(0, at - performance.now()));
  };
  const stops = [
    events.onReadable(() => {
      discard(events);
      refreshOnce(AT_MOST_EVERY_MILLIS);
    }),
    routeEvents.onReadable(() => {
      discard(routeEvents);
      refreshOnce(ROUTES_AT_MOST_EVERY_MILLIS);
    }),
  ];
  return {
    current: () => links,
    onChange(listener): Cancel {
      const own = () => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    close() {
      for (const stop of stops) stop();
      clearTimeout(timer);
      listeners.clear();
      events.close();
      routeEvents.close();
    },
  };
}

function discard(events: NetlinkSocket): void {
  try {
    while (events.receive() !== undefined);
  } catch (error) {
    // The kernel had more to tell than the socket holds: all the more reason to ask.
    if (!(error instanceof SystemCallError && error.code === "ENOBUFS")) throw error;
  }
}

function dumpLinks(): Link[] {
  const socket = new NetlinkSocket(NETLINK.route);
  try {
    return linksFromDump(
      [linkDumpRequest, addressDumpRequest, routeDumpRequest].flatMap((request) => dump(socket, request)),
    );
  } finally {
    socket.close();
  }
}

function dump(socket: NetlinkSocket, request: (sequence: number) => NetlinkMessage): RouteMessage[] {
  for (let sequence = 1; ; sequence++) {
    socket.send(encodeNetlink([request(sequence)]));
    const answer = collect(socket);
    // Asking again beats a list in which a link is missing; after some tries a new event will come anyway.
    if (!answer.interrupted || sequence === TRIES) return answer.messages;
  }
}

function collect(socket: NetlinkSocket): { messages: RouteMessage[]; interrupted: boolean } {
  const messages: RouteMessage[] = [];
  let interrupted = false;
  for (let datagram = socket.receive(); datagram !== undefined; datagram = socket.receive()) {
    for (const message of decodeNetlink(datagram)) {
      interrupted ||= (message.flags & NLM_F.dumpInterrupted) !== 0;
      if (message.type === NLMSG.done) return { messages, interrupted };
      if (message.type === NLMSG.error) {
        throw new SystemCallError(
          "list links",
          "netlink dump",
          `error ${readHostU32("netlink error", message.payload.subarray(0, 4)) | 0}`,
        );
      }
      const decoded = decodeRouteMessage(message);
      if (decoded !== undefined) messages.push(decoded);
    }
  }
  throw new SystemCallError("list links", "netlink dump", "no end of list");
}
