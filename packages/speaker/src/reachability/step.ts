import type { Heard } from "@fairlead/l2";
import type { Millis } from "@fairlead/runtime";
import { dueNodes } from "./due.ts";
import {
  type NodeState,
  QUESTIONS,
  type ReachabilityEffect,
  type ReachabilityEvent,
  type ReachabilityState,
  STOPPED,
  TICK,
  type WatchedNode,
} from "./types.ts";

/** How long signs of life must be steady after a first loss; twice as long after each loss more within LOSSES_COUNT. */
const FIRST_HOLD: Millis = 1_000;
const LONGEST_HOLD: Millis = 30_000;
const LOSSES_COUNT: Millis = 300_000;

const NEVER = Number.NEGATIVE_INFINITY;

const UNKNOWN: Omit<WatchedNode, "since"> = {
  state: "Unknown",
  heardAt: NEVER,
  detection: 0,
  answeredAt: NEVER,
  askedAt: NEVER,
  unanswered: 0,
  answers: false,
  suspected: false,
  steadySince: NEVER,
  losses: [],
};

/** Of a process that has just started. */
export function begin(now: Millis): ReachabilityState {
  return { nodes: new Map(), ranAt: now };
}

/** What becomes of it, and what is to be done. Total and pure. */
export function step(
  state: ReachabilityState,
  event: ReachabilityEvent,
  now: Millis,
): { readonly next: ReachabilityState; readonly effects: readonly ReachabilityEffect[] } {
  switch (event.kind) {
    case "nodes": {
      const nodes = new Map<string, WatchedNode>();
      for (const name of event.nodes) nodes.set(name, state.nodes.get(name) ?? { ...UNKNOWN, since: now });
      return { next: { ...state, nodes }, effects: [] };
    }
    case "answered":
      return changeOne(state, event.node, (node) => {
        return { ...withSign(node, now), answeredAt: now, answers: true, unanswered: 0 };
      });
    case "unsent":
      return changeOne(state, event.node, (node) => ({ ...node, unanswered: Math.max(0, node.unanswered - 1) }));
    case "tick":
      return tick(state, event.heard, now);
  }
}

/** The nodes whose endpoints are to get new connections only if no others are left. */
export function lostNodes({ nodes }: ReachabilityState): Set<string> {
  const lost = new Set<string>();
  for (const [name, { state }] of nodes) if (state === "NodeLost" || state === "NodeReturning") lost.add(name);
  return lost;
}

/** How long signs of life must be steady before a node that was lost is as any other. */
export function holdOf({ losses }: Pick<WatchedNode, "losses">): Millis {
  return Math.min(LONGEST_HOLD, FIRST_HOLD * 2 ** Math.max(0, losses.length - 1));
}

function changeOne(state: ReachabilityState, name: string, change: (node: WatchedNode) => WatchedNode) {
  const node = state.nodes.get(name);
  if (node === undefined) return { next: state, effects: [] };
  return { next: { ...state, nodes: new Map(state.nodes).set(name, change(node)) }, effects: [] };
}

function tick(state: ReachabilityState, heard: ReadonlyMap<string, Heard>, now: Millis) {
  const wasStopped = now - state.ranAt > STOPPED;
  const effects: ReachabilityEffect[] = [];
  const nodes = new Map<string, WatchedNode>();
  for (const [name, before] of state.nodes) {
    const known = hear(before, heard.get(name));
    // What came meanwhile is still to be read: nobody is to be blamed for a stop of this process.
    const looked = suspect(wasStopped && known.suspected ? { ...known, unanswered: 0 } : known, now);
    const to = nextState(looked, now);
    nodes.set(name, to === looked.state ? looked : enter(looked, to, now));
    if (to !== before.state) effects.push({ kind: "changed", node: name, from: before.state, to });
  }
  for (const name of dueNodes(nodes, now)) {
    const node = nodes.get(name);
    if (node === undefined) continue;
    nodes.set(name, { ...node, askedAt: now, unanswered: node.unanswered + 1 });
    effects.push({ kind: "ask", node: name });
  }
  return { next: { nodes, ranAt: now }, effects };
}

function hear(node: WatchedNode, heard: Heard | undefined): WatchedNode {
  if (heard === undefined || heard.at <= node.heardAt) return node;
  const seen = { ...withSign(node, heard.at), heardAt: heard.at, detection: heard.detection };
  // Checks of a node that is heard count on: they tell whether questions reach it.
  return node.suspected ? { ...seen, unanswered: 0 } : seen;
}

// A sign of life that comes long after the last one begins a new run of them.
function withSign(node: WatchedNode, at: Millis): WatchedNode {
  return at - lastSign(node) >= node.detection ? { ...node, steadySince: at } : node;
}

function lastSign({ heardAt, answeredAt }: WatchedNode): Millis {
  return Math.max(heardAt, answeredAt);
}

function suspect(node: WatchedNode, now: Millis): WatchedNode {
  const suspected = node.state !== "Unknown" && now - node.heardAt >= node.detection / 2;
  const noAnswers = node.unanswered >= QUESTIONS && !node.suspected;
  const answers = node.answers && !noAnswers;
  if (suspected === node.suspected) return answers === node.answers ? node : { ...node, answers };
  // What was asked before the silence says nothing of it.
  return { ...node, answers, suspected, unanswered: 0, ...(suspected && { askedAt: NEVER }) };
}

function nextState(node: WatchedNode, now: Millis): NodeState {
  const { state, heardAt, detection } = node;
  const isHeard = now - heardAt < detection;
  const isAlive = now - lastSign(node) < detection;
  switch (state) {
    case "Unknown":
      return isHeard ? "Heard" : "Unknown";
    case "Heard":
    case "SpeakerSilent":
      if (isHeard) return "Heard";
      if (isLost(node, now)) return "NodeLost";
      return isAlive || !node.answers ? "SpeakerSilent" : state;
    case "NodeLost":
      return isAlive ? "NodeReturning" : "NodeLost";
    case "NodeReturning":
      if (!isAlive) return "NodeLost";
      if (lastSign(node) - node.steadySince < holdOf(node)) return "NodeReturning";
      return isHeard ? "Heard" : "SpeakerSilent";
  }
}

function isLost(node: WatchedNode, now: Millis): boolean {
  const { answers, unanswered, askedAt, detection } = node;
  // The last question has had its time too.
  return answers && unanswered >= QUESTIONS && now - askedAt >= TICK && now - lastSign(node) >= detection;
}

function enter(node: WatchedNode, state: NodeState, now: Millis): WatchedNode {
  const isLoss = state === "NodeLost" && node.state !== "NodeReturning";
  const losses = isLoss ? [...node.losses.filter((at) => now - at < LOSSES_COUNT), now] : node.losses;
  return { ...node, state, since: now, losses };
}
