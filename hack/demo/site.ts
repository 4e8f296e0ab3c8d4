import type { Lab, LabNode } from "@fairlead/testing";

/** Where the demo takes place: a laboratory, and a store that the processes share. */
export interface Site {
  readonly lab: Lab;
  /** How one would call the store: for the narration. */
  readonly storeName: string;
  /** Starts Fairlead: one controller, and a speaker on each node. */
  start(): Promise<void>;
  /** Applies a file of config/samples. */
  apply(sample: string): Promise<void>;
  /** The address in the status of Service default/web, if it has one. */
  address(): Promise<string | undefined>;
  /** What the store shows an operator, as text. */
  show(): Promise<string>;
  /** Kills a node: its processes with SIGKILL, its links cut. */
  kill(node: LabNode): Promise<void>;
  /** All log lines of all Fairlead processes, in order of time. */
  logs(): string[];
  /** Commands to play with, run inside the sandbox. */
  readonly hints: readonly string[];
  close(): Promise<void>;
}
