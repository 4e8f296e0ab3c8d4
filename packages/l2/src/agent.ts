import type { Datagrams, Link } from "@fairlead/linux";
import {
  type AddressRange,
  ANY_LINK,
  type IpAddress,
  parseAddress,
  prefixRange,
  rangeContains,
  rangesOverlap,
} from "@fairlead/net";
import type { Cancel, Millis } from "@fairlead/runtime";
import type { AgentOptions, Heard, Layer2Wish, WantedAddress } from "./agent-options.ts";
import { type AgentReport, agentReport } from "./agent-report.ts";
import { canAnnounce, chooseLink, type LinkRefusal } from "./choose-link.ts";
import { LinkAgent } from "./link-agent.ts";
import type { Candidates } from "./ownership/state.ts";

/** Layer 2 on all links of this node: one {@link LinkAgent} on each link that an address belongs to. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #agents = new Map<number, LinkAgent>();
  readonly #starting = new Set<number>();
  readonly #unwatch: Cancel;
  #wish: Layer2Wish = { addresses: [], expected: [], ranges: [], nodes: new Map(), ready: false };
  #refusals: readonly LinkRefusal[] = [];
  #datagrams: Datagrams | undefined;
  #stopped = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#unwatch = options.links.onChange(() => this.#update());
    options
      .openDatagrams?.((octets, from) => this.#hearDatagram(octets, from))
      .then(
        (datagrams) => {
          this.#datagrams = datagrams;
          if (this.#stopped) datagrams.close();
        },
        (error) => options.log.warn({ err: String(error) }, "heartbeats have no second path"),
      );
  }

  /** Takes what is wanted from now on. */
  want(wish: Layer2Wish): void {
    this.#wish = wish;
    this.#update();
  }

  /** What there is to say now. */
  report(): AgentReport {
    return agentReport(
      this.#refusals,
      Array.from(this.#agents.values(), (agent) => agent.report()),
    );
  }

  /** The speakers that are heard on any link, by node. Cheap: it may be called several times a second. */
  heard(): ReadonlyMap<string, Heard> {
    const latest = new Map<string, Heard>();
    for (const agent of this.#agents.values()) {
      for (const { node, heardAt: at, detection } of agent.peers) {
        if (at > (latest.get(node)?.at ?? Number.NEGATIVE_INFINITY)) latest.set(node, { at, detection });
      }
    }
    return latest;
  }

  /** Hands all addresses over to other nodes, for `deadline` at most, then falls silent. */
  async stop(deadline: Millis): Promise<void> {
    this.#stopped = true;
    this.#unwatch();
    const agents = [...this.#agents.values()];
    await Promise.all(agents.map((agent) => agent.leave(deadline)));
    await Promise.all(agents.map((agent) => agent.close()));
    this.#datagrams?.close();
  }

  #hearDatagram(octets: Uint8Array, from: IpAddress): void {
    for (const agent of this.#agents.values()) {
      const isThere = agent.link.addresses.some((subnet) => rangeContains(prefixRange(subnet), from));
      if (isThere) agent.hearDatagram(octets, from);
    }
  }

  #update(): void {
    if (this.#stopped) return;
    const links = this.#options.links.current();
    const byLink = new Map<number, Map<string, Candidates>>();
    const refusals: LinkRefusal[] = [];
    const { addresses, expected, ranges } = this.#wish;
    for (const wanted of addresses) {
      const { address, nodes, groups = [], isShared = false, isNew = false } = wanted;
      const choice = this.#choose(wanted, links);
      if ("refusal" in choice) {
        refusals.push(choice.refusal);
        continue;
      }
      const onLink = byLink.get(choice.link.index) ?? new Map<string, Candidates>();
      byLink.set(choice.link.index, onLink.set(address, { nodes, groups, isNew, isShared }));
    }
    this.#refusals = refusals;
    for (const [index, agent] of this.#agents) this.#follow(index, agent, links, byLink);
    const areAllJoined = links.every((link) => !canAnnounce(link) || this.#agents.has(link.index));
    const choices = areAllJoined ? [] : expected.map((wanted) => this.#choose(wanted, links));
    const soon = new Set(choices.map((choice) => "link" in choice && choice.link.index));
    for (const link of links) {
      const needed =
        byLink.has(link.index) || soon.has(link.index) || (canAnnounce(link) && link.up && holdsAny(link, ranges));
      if (needed && !this.#agents.has(link.index)) this.#start(link);
    }
    this.#options.onEvent({ kind: "changed" });
  }

  // A node that may not have the address follows what becomes of it where it might be.
  #choose({ address, nodes }: WantedAddress, links: readonly Link[]): ReturnType<typeof chooseLink> {
    return chooseLink(parseAddress(address), nodes.get(this.#options.node)?.links ?? [[ANY_LINK]], links);
  }

  #follow(
    index: number,
    agent: LinkAgent,
    links: readonly Link[],
    byLink: ReadonlyMap<number, ReadonlyMap<string, Candidates>>,
  ): void {
    const link = links.find((candidate) => candidate.index === index);
    const { name, mac } = agent.link;
    const { ranges, nodes, ready } = this.#wish;
    if (link?.name === name && link.mac === mac) {
      if (link !== agent.link) agent.see(link);
      agent.know(nodes, ranges);
      agent.want(byLink.get(index) ?? new Map(), ready);
      return;
    }
    this.#agents.delete(index);
    agent.want(new Map(), ready);
    // The new responder of a link must not meet the end of the old one.
    this.#starting.add(index);
    agent
      .close()
      .catch((error) => this.#options.log.debug({ link: name, err: String(error) }, "link is gone"))
      .finally(() => {
        this.#starting.delete(index);
        this.#update();
      });
  }

  #start(link: Link): void {
    if (this.#starting.has(link.index)) return;
    this.#starting.add(link.index);
    const { makeResponder, log } = this.#options;
    const sendDatagram = (octets: Uint8Array, to: IpAddress) => this.#datagrams?.send(octets, to);
    makeResponder(link)
      .then(async (responder) => {
        if (this.#stopped) return responder.close();
        try {
          this.#agents.set(link.index, new LinkAgent({ ...this.#options, link, responder, sendDatagram }));
        } catch (error) {
          await responder.close();
          throw error;
        }
        log.info({ link: link.name, mac: link.mac, responder: responder.kind }, "announcing on link");
      })
      .catch((error) => log.error({ link: link.name, err: String(error) }, "cannot announce on link; trying again"))
      .finally(() => {
        this.#starting.delete(link.index);
        if (this.#agents.has(link.index)) this.#update();
        else this.#options.clock.after(1_000, () => this.#update());
      });
  }
}

function holdsAny({ addresses }: Link, ranges: readonly AddressRange[]): boolean {
  return addresses.some((prefix) => ranges.some((range) => rangesOverlap(prefixRange(prefix), range)));
}
