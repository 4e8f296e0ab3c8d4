import type { StatusPatch } from "@fairlead/kube";
import type { Plan } from "../plan/plan.ts";

/**
 * One way to announce addresses from this node, as the speaker drives it. It tells of what it does by itself, in the words of
 * its protocol: log, Events, metrics.
 */
export interface Announcer {
  /** The protocol's name, which its part of SpeakerStatus has. */
  readonly protocol: "layer2";
  /**
   * Takes what is to be announced; the last call counts. What the plan has no more, or has for others alone, is withdrawn.
   *
   * @param forwarded - what this node forwards by now: no other address is announced from here. Undefined before it forwards
   *   for the first time.
   */
  want(plan: Plan, forwarded: Forwarded | undefined): void;
  /** Its part of SpeakerStatus: plain data. */
  report(): StatusPatch;
  /** Hands over to others, for as long as its protocol takes at most, then is silent for good. */
  stop(): Promise<void>;
}

/** The addresses that a node forwards, by canonical text. */
export type Forwarded = Pick<ReadonlySet<string>, "has">;
