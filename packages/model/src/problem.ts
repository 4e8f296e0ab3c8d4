import type { ObjectRef } from "./object-ref.ts";

/** Something in an object that keeps Fairlead from using all of it: a value, never an exception; other objects go on. */
export interface Problem {
  readonly object: ObjectRef;
  /** Where in the object, in dotted form: "spec.addresses[0]". Empty for the whole object. */
  readonly field: string;
  readonly reason: ProblemReason;
  /** What must hold and what we got: one sentence without a final period. */
  readonly message: string;
}

/**
 * Why an object of Fairlead's own API is not accepted: the reason of its condition Accepted=False, of its Event, the
 * metric label and the heading in docs/troubleshooting.md.
 */
export type ProblemReason = "InvalidObject" | "InvalidRange" | "PoolOverlaps";

/** One line for a condition or a log: every problem with its field. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`)).join("; ");
}
