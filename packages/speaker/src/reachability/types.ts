import type { Heard } from "@fairlead/l2";
import type { Millis } from "@fairlead/runtime";

/**
 * What is known of another node. `Unknown`: no speaker of it was ever heard here, so its silence means nothing. `Heard`: its
 * speaker is heard. `SpeakerSilent`: it is not, but the node is not taken for lost. `NodeLost`: no sign of life at all.
 * `NodeReturning`: signs of life again, but not steadily for long enough.
 */
export type NodeState = "Unknown" | "Heard" | "SpeakerSilent" | "NodeLost" | "NodeReturning";

/** Every {@link NodeState}. */
export const NODE_STATES = [
  "Unknown",
  "Heard",
  "SpeakerSilent",
  "NodeLost",
  "NodeReturning",
] as const satisfies readonly NodeState[];

/** Another node, as it was last seen. */
export interface WatchedNode {
  readonly state: NodeState;
  /** When that began. */
  readonly since: Millis;
  /** When its speaker was last heard on any link; -Infinity if never. */
  readonly heardAt: Millis;
  /** Silence after which its speaker counts as gone. */
  readonly detection: Millis;
  /** When it last answered a question. */
  readonly answeredAt: Millis;
  readonly askedAt: Millis;
  /** Questions since it last gave a sign of life, or since this process last ran again after a stop. */
  readonly unanswered: number;
  /** Whether it has answered what it was asked while all was well: if not, no answer is no sign of its end. */
  readonly answers: boolean;
  /** Whether it is being asked because its speaker is not heard. */
  readonly suspected: boolean;
  /** Since when signs of life have come without a pause. */
  readonly steadySince: Millis;
  /** When it was lost, of late. */
  readonly losses: readonly Millis[];
}

/** All that is known of the other nodes. Never changed in place. */
export interface ReachabilityState {
  readonly nodes: ReadonlyMap<string, WatchedNode>;
  /** When this process was last seen to run. */
  readonly ranAt: Millis;
}

/** What can happen to it. */
export type ReachabilityEvent =
  /** The other nodes that there are. */
  | { readonly kind: "nodes"; readonly nodes: Iterable<string> }
  /** A node has answered a question of late. */
  | { readonly kind: "answered"; readonly node: string }
  /** A question could not be sent after all. */
  | { readonly kind: "unsent"; readonly node: string }
  /** Every {@link TICK}, with the speakers heard. */
  | { readonly kind: "tick"; readonly heard: ReadonlyMap<string, Heard> };

/** What is to be done, in order. */
export type ReachabilityEffect =
  | { readonly kind: "ask"; readonly node: string }
  | { readonly kind: "changed"; readonly node: string; readonly from: NodeState; readonly to: NodeState };

/** Between two looks, and between two questions to a node whose speaker has just fallen silent. */
export const TICK: Millis = 100;

/** Of looks that are further apart this process was stopped between them. */
export const STOPPED: Millis = 3 * TICK;

/** Questions that a node must leave unanswered before it is taken for lost. */
export const QUESTIONS = 3;

/** Nodes asked at one look at most; the others have their turn at the next. */
export const MOST_ASKED = 100;
