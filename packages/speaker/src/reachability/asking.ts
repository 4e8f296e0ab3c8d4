import { randomBytes } from "node:crypto";
import { canAnnounce, type Sighting, Wire } from "@fairlead/l2";
import type { Echo, Link, Links, OpenEcho, OpenLinkSocket } from "@fairlead/linux";
import { type AddressRange, formatAddress, type IpAddress, type Mac, prefixRange, rangeContains } from "@fairlead/net";
import type { Cancel, Clock, Log, Millis } from "@fairlead/runtime";

/** An answer that takes longer is none. */
const ANSWER_WITHIN: Millis = 2_000;

/** What an {@link Asking} needs. */
export interface AskingOptions {
  readonly links: Links;
  readonly openLinkSocket: OpenLinkSocket;
  /** Absent where it cannot be done: then neighbours alone are asked. */
  readonly openEcho?: OpenEcho;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each answer that came in time. */
  readonly onAnswer: (node: string) => void;
}

/** Of more addresses on one link, the kernel lets through what tells of their subnets: a filter has 4,096 instructions. */
const MOST_IN_FILTER = 200;

interface Question {
  readonly node: string;
  readonly at: Millis;
}

/**
 * Asks nodes for a sign of life: by Echo wherever their addresses are, by ARP or NDP besides where one is in a subnet of a
 * link. An Echo is answered by who repeats the value that was in it; ARP and NDP by who is on the link.
 */
export class Asking {
  readonly #options: AskingOptions;
  readonly #echo: Echo | undefined;
  readonly #unwatch: Cancel;
  readonly #wires = new Map<number, Wire>();
  /** By the value that the answer must repeat, oldest first. */
  readonly #echoes = new Map<string, Question>();
  /** By the address that is asked for. */
  readonly #neighbors = new Map<string, Question & { readonly mac?: Mac }>();
  #nodes: ReadonlyMap<string, readonly IpAddress[]> = new Map();

  constructor(options: AskingOptions) {
    this.#options = options;
    this.#unwatch = options.links.onChange(() => this.#update());
    try {
      this.#echo = options.openEcho?.((data) => this.#replied(data));
    } catch (error) {
      options.log.warn({ err: String(error) }, "nodes cannot be asked by ping; asking those on the links alone");
    }
  }

  /** The nodes that may be asked from now on, with their addresses. */
  know(nodes: ReadonlyMap<string, readonly IpAddress[]>): void {
    this.#nodes = nodes;
    const known = new Set([...nodes.values()].flat().map(formatAddress));
    for (const address of this.#neighbors.keys()) if (!known.has(address)) this.#neighbors.delete(address);
    this.#update();
  }

  /** Asks a node at all of its addresses. @returns whether any question went out. */
  ask(node: string): boolean {
    const at = this.#options.clock.monotonic();
    this.#forget(at);
    let isAsked = false;
    for (const address of this.#nodes.get(node) ?? []) {
      const value = randomBytes(16);
      this.#echoes.set(value.toString("hex"), { node, at });
      if (this.#echo?.send(value, address)) isAsked = true;
      if (this.#askNeighbor(node, address, at)) isAsked = true;
    }
    return isAsked;
  }

  close(): void {
    this.#unwatch();
    this.#echo?.close();
    for (const wire of this.#wires.values()) wire.close();
    this.#wires.clear();
  }

  // Whom we know is asked alone: others need not hear it, and what answers in its stead on the link is passed by.
  #askNeighbor(node: string, address: IpAddress, at: Millis): boolean {
    const text = formatAddress(address);
    const mac = this.#neighbors.get(text)?.mac;
    let isAsked = false;
    for (const link of this.#options.links.current()) {
      const wire = this.#wires.get(link.index);
      if (wire === undefined || !link.up || !holds(link, address)) continue;
      if (wire.ask(text, mac)) isAsked = true;
    }
    if (isAsked) this.#neighbors.set(text, { node, at, ...(mac !== undefined && { mac }) });
    return isAsked;
  }

  #replied(data: Uint8Array): void {
    const value = Buffer.from(data).toString("hex");
    const question = this.#echoes.get(value);
    if (question === undefined) return;
    this.#echoes.delete(value);
    this.#answered(question);
  }

  #sighted({ address, mac, isAnswer }: Sighting): void {
    const question = this.#neighbors.get(address);
    if (question === undefined || !isAnswer) return;
    this.#neighbors.set(address, { ...question, mac });
    this.#answered(question);
  }

  #answered({ node, at }: Question): void {
    const { clock, onAnswer } = this.#options;
    if (clock.monotonic() - at <= ANSWER_WITHIN) onAnswer(node);
  }

  #forget(now: Millis): void {
    for (const [value, { at }] of this.#echoes) {
      if (now - at <= ANSWER_WITHIN) return;
      this.#echoes.delete(value);
    }
  }

  #update(): void {
    const { links, openLinkSocket, log } = this.#options;
    const addresses = [...this.#nodes.values()].flat();
    const current = links.current();
    for (const index of [...this.#wires.keys()]) {
      const link = current.find((each) => each.index === index);
      if (link === undefined || rangesOn(link, addresses).length === 0) this.#close(index);
    }
    for (const link of current) {
      const ranges = canAnnounce(link) ? rangesOn(link, addresses) : [];
      if (ranges.length === 0) continue;
      const { index } = link;
      const own = () => links.current().find((each) => each.index === index) ?? link;
      const wire =
        this.#wires.get(index) ??
        new Wire({ openLinkSocket, link: own, onSighting: (sighting) => this.#sighted(sighting) });
      try {
        wire.listenFor(ranges);
        this.#wires.set(index, wire);
      } catch (error) {
        log.warn({ link: link.name, err: String(error) }, "nodes on the link cannot be asked by ARP or NDP");
        this.#close(index);
      }
    }
  }

  #close(index: number): void {
    this.#wires.get(index)?.close();
    this.#wires.delete(index);
  }
}

function rangesOn(link: Link, addresses: readonly IpAddress[]): AddressRange[] {
  const there = addresses.filter((address) => holds(link, address));
  if (there.length <= MOST_IN_FILTER) return there.map(({ family, value }) => ({ family, first: value, last: value }));
  const subnets = link.addresses.map(prefixRange);
  return subnets.filter((subnet) => there.some((address) => rangeContains(subnet, address)));
}

function holds({ addresses }: Link, address: IpAddress): boolean {
  return addresses.some((prefix) => rangeContains(prefixRange(prefix), address));
}
