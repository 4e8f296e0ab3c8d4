import type { EventNote } from "@fairlead/kube";
import type { AnnouncementRefusal } from "@fairlead/model";
import type { Clock, Log } from "@fairlead/runtime";
import type { PlannedAddress } from "../plan/plan.ts";
import type { Reporter } from "../ports.ts";

/** An address as it is told of: it may be withdrawn by now. */
export interface KnownAddress extends PlannedAddress {
  /** Why this node is no candidate; undefined if it is. */
  readonly refusal: AnnouncementRefusal | undefined;
}

/** What telling needs. */
export interface TellOptions {
  /** Name of this node. */
  readonly node: string;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly log: Log;
}

/** Notes an Event about every Service that has an address. */
export function noteServices(
  planned: PlannedAddress | undefined,
  event: Pick<EventNote, "type" | "reason" | "message">,
  { reporter }: Pick<TellOptions, "reporter">,
): void {
  for (const { namespace, name, uid } of planned?.services ?? []) {
    reporter.note({ object: { kind: "Service", namespace, name }, uid, ...event });
  }
}
