export { Controller } from "./controller.ts";
export type { Difference } from "./differences.ts";
export { type Change, type Rehearsal, RehearsalError, type RehearsalOptions, type Rest, rehearse } from "./rehearse.ts";
