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

/** Every {@link ProblemReason}; docs/troubleshooting.md has a heading for each. */
export const PROBLEM_REASONS = ["InvalidObject", "InvalidRange", "PoolOverlaps"] as const;

/** Why an object cannot be used; for those of Fairlead's own API, the reason of the condition Accepted=False and its Event. */
export type ProblemReason = (typeof PROBLEM_REASONS)[number];

/** One line for a condition or a log: every problem with its field. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`)).join("; ");
}
