import { type Prefix, parseAddress, prefixRange, rangeContains } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { prevails } from "./contest.ts";
import { hear } from "./peers.ts";
import { place, rank } from "./placement.ts";
import type {
  Candidates,
  Holding,
  OwnershipEffect,
  OwnershipEvent,
  OwnershipState,
  OwnershipTiming,
  Peer,
  TakeOverCause,
} from "./types.ts";

/** A state and what it wants done. */
export interface Step {
  readonly next: OwnershipState;
  readonly effects: readonly OwnershipEffect[];
}

/** The state of a speaker that has just come to a link: it listens for one detection time before it owns anything. */
export function begin(node: string, timing: OwnershipTiming, prefixes: readonly Prefix[], now: Millis): OwnershipState {
  return {
    node,
    timing,
    prefixes,
    wanted: new Map(),
    peers: new Map(),
    holdings: new Map(),
    epochs: new Map(),
    orphans: new Map(),
    tableVersion: 0,
    listenUntil: now + timing.detection,
    lastTick: now,
    leaving: false,
  };
}

/** Whether this node may answer for what it owns: not while it only listens. */
export function mayAnswer(state: OwnershipState, now: Millis): boolean {
  return now >= state.listenUntil;
}

/** Whether some live speaker's table is not known. */
export function lacksTable(state: OwnershipState): boolean {
  return [...state.peers.values()].some(({ unknownSince }) => unknownSince !== undefined);
}

/** Ownership after an event. Pure: every node that has heard the same comes to the same owner. */
export function step(state: OwnershipState, event: OwnershipEvent, now: Millis): Step {
  switch (event.kind) {
    case "wanted":
      return reconsider({ ...state, wanted: event.wanted }, now);
    case "prefixes":
      return reconsider({ ...state, prefixes: event.prefixes }, now);
    case "leave":
      return reconsider({ ...state, leaving: true }, now, [{ kind: "sendTable" }]);
    case "heard":
      return heard(state, event.heartbeat, now);
    case "tick":
      return tick(state, now);
  }
}

function heard(state: OwnershipState, heartbeat: Parameters<typeof hear>[1], now: Millis): Step {
  if (heartbeat.node === state.node) return { next: state, effects: [] };
  const before = state.peers.get(heartbeat.node);
  const peer = hear(before, heartbeat, now);
  if (peer === undefined) return { next: state, effects: [] };
  const next = { ...state, peers: new Map(state.peers).set(peer.node, peer) };
  const effects: OwnershipEffect[] = heartbeat.wantsTables ? [{ kind: "sendTable" }] : [];
  if (before === undefined) effects.push({ kind: "peerUp", node: peer.node });
  const news = before === undefined || before.table !== peer.table || before.leaving !== peer.leaving;
  return news ? reconsider(next, now, effects) : { next, effects };
}

// A process that was stopped wakes up with old clocks and unread heartbeats: it listens first, and blames nobody.
function tick(state: OwnershipState, now: Millis): Step {
  const millis = now - state.lastTick;
  const ticked = { ...state, lastTick: now };
  if (millis <= state.timing.detection / 2) return reconsider(ticked, now);
  const listenUntil = Math.max(state.listenUntil, now + 2 * state.timing.interval);
  const peers = new Map([...state.peers].map(([node, peer]) => [node, { ...peer, heardAt: now }]));
  return reconsider({ ...ticked, listenUntil, peers }, now, [{ kind: "slept", millis }]);
}

function reconsider(state: OwnershipState, now: Millis, before: readonly OwnershipEffect[] = []): Step {
  const effects: OwnershipEffect[] = [...before];
  const peers = new Map<string, Peer>();
  for (const [node, peer] of state.peers) {
    if (now - peer.heardAt < state.timing.detection) peers.set(node, peer);
    else effects.push({ kind: "peerDown", node });
  }
  const stakes = strongestStakes(peers);
  const holdings = settle(state, stakes, now, effects);
  const epochs = learnEpochs(state, stakes);
  const orphans = new Map<string, Millis>();
  for (const address of state.wanted.keys()) {
    const taken =
      holdings.has(address) || (stakes.has(address) && !peers.get(stakes.get(address)?.node ?? "")?.leaving);
    if (!taken) orphans.set(address, state.orphans.get(address) ?? now);
  }
  const current = { ...state, peers, holdings, epochs, orphans };
  const claimed = claim(current, stakes, now);
  const changed = claimed.size > 0 || effects.some(({ kind }) => kind === "own" || kind === "release");
  if (changed) effects.push({ kind: "sendTable" });
  const next = {
    ...current,
    holdings: claimed.size === 0 ? holdings : new Map([...holdings, ...claimed]),
    tableVersion: state.tableVersion + (changed ? 1 : 0),
  };
  return { next, effects };
}

interface PeerStake {
  readonly node: string;
  readonly epoch: number;
  readonly state: "owned" | "claimed";
}

// Of each address, the say of the live peer that would prevail over the other peers.
function strongestStakes(peers: ReadonlyMap<string, Peer>): Map<string, PeerStake> {
  const stakes = new Map<string, PeerStake>();
  for (const { node, table } of peers.values()) {
    for (const { address, epoch, state } of table.entries.values()) {
      const stake = { node, epoch, state };
      const other = stakes.get(address);
      if (other === undefined || prevails(address, stake, other)) stakes.set(address, stake);
    }
  }
  return stakes;
}

// What this node goes on holding: yields to a stronger say, drops what it may not have, answers for claims that stood.
function settle(
  state: OwnershipState,
  stakes: ReadonlyMap<string, PeerStake>,
  now: Millis,
  effects: OwnershipEffect[],
): Map<string, Holding> {
  const holdings = new Map<string, Holding>();
  for (const [address, holding] of state.holdings) {
    const rival = stakes.get(address);
    const candidates = state.wanted.get(address);
    const release = (cause: "NotWanted" | "NotCandidate" | "RivalWins" | "Leaving") =>
      effects.push({ kind: "release", address, epoch: holding.epoch, cause, ...(rival && { to: rival.node }) });
    if (rival !== undefined && !prevails(address, { node: state.node, ...holding }, rival)) {
      release(state.leaving ? "Leaving" : "RivalWins");
    } else if (candidates === undefined) release("NotWanted");
    else if (!isCandidate(address, candidates, state.node, state.prefixes)) release("NotCandidate");
    else if (state.leaving && holding.state === "claimed") release("Leaving");
    else if (holding.state === "claimed" && now - holding.since >= state.timing.claim && mayAnswer(state, now)) {
      const owned: Holding = { ...holding, state: "owned", since: now };
      holdings.set(address, owned);
      effects.push({ kind: "own", address, holding: owned });
    } else {
      holdings.set(address, holding);
      // Answered for by both until a moment ago: neighbours may hold the wrong MAC address.
      if (rival?.state === "owned" && holding.state === "owned") {
        effects.push({ kind: "reannounce", address, rival: rival.node });
      }
    }
  }
  return holdings;
}

function claim(state: OwnershipState, stakes: ReadonlyMap<string, PeerStake>, now: Millis): Map<string, Holding> {
  const claims = new Map<string, Holding>();
  const unknown = [...state.peers.values()].some(
    ({ unknownSince }) => unknownSince !== undefined && now - unknownSince < state.timing.detection,
  );
  if (state.orphans.size === 0 || state.leaving || unknown || !mayAnswer(state, now)) return claims;
  const load = new Map([[state.node, state.holdings.size]]);
  for (const { node, table, leaving } of state.peers.values()) if (!leaving) load.set(node, table.entries.size);
  const open = new Map<string, readonly string[]>();
  for (const [address, since] of state.orphans) open.set(address, takers(state, address, now - since, load));
  for (const [address, node] of place({ orphans: open, load, addresses: state.wanted.size })) {
    if (node !== state.node) continue;
    const last = state.epochs.get(address);
    const epoch = (last?.epoch ?? 0) + 1;
    const cause = causeOf(address, state, stakes);
    claims.set(address, { epoch, state: "claimed", since: now, cause, previous: last?.node });
  }
  return claims;
}

// Those who may take an orphan now. Whoever ranks first but has left it lying for two detection times is passed over:
// what it knows must differ from what we know.
function takers(
  state: OwnershipState,
  address: string,
  lain: Millis,
  load: ReadonlyMap<string, number>,
): readonly string[] {
  const candidates = state.wanted.get(address);
  if (candidates === undefined) return [];
  const live = [...load.keys()].filter((node) => {
    const prefixes = node === state.node ? state.prefixes : (state.peers.get(node)?.prefixes ?? []);
    return isCandidate(address, candidates, node, prefixes);
  });
  const passed = Math.floor(lain / (2 * state.timing.detection));
  return passed === 0 ? live : rank(address, live).slice(Math.min(passed, live.length - 1));
}

function isCandidate(
  address: string,
  { nodes, needsSubnet }: Candidates,
  node: string,
  prefixes: readonly Prefix[],
): boolean {
  if (!nodes.has(node)) return false;
  return !needsSubnet || prefixes.some((prefix) => rangeContains(prefixRange(prefix), parseAddress(address)));
}

function causeOf(address: string, state: OwnershipState, stakes: ReadonlyMap<string, PeerStake>): TakeOverCause {
  if (stakes.has(address)) return "OwnerLeaving";
  const last = state.epochs.get(address);
  if (last === undefined) return "NoOwner";
  return state.peers.has(last.node) || last.node === state.node ? "OwnerReleased" : "OwnerSilent";
}

function learnEpochs(state: OwnershipState, stakes: ReadonlyMap<string, PeerStake>): OwnershipState["epochs"] {
  const epochs = new Map<string, { epoch: number; node: string }>();
  for (const address of state.wanted.keys()) {
    const own = state.holdings.get(address);
    const says = [state.epochs.get(address), stakes.get(address), own && { epoch: own.epoch, node: state.node }];
    const last = says.filter((say) => say !== undefined).reduce((a, b) => (b.epoch > a.epoch ? b : a), NOBODY);
    if (last !== NOBODY) epochs.set(address, { epoch: last.epoch, node: last.node });
  }
  return epochs;
}

const NOBODY = { epoch: 0, node: "" };
