import { describeAnnouncementRefusal } from "@fairlead/model";
import type { Log } from "@fairlead/runtime";
import { announcementRefusals } from "./metrics.ts";
import type { RefusedAddress } from "./status.ts";

/** Tells for which addresses this node is no candidate, and why: once for each change, not for each look. */
export class Refusals {
  readonly #log: Log;
  #said = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param refused - all that are refused now. */
  tell(refused: readonly RefusedAddress[]): void {
    const said = new Map<string, string>();
    announcementRefusals.reset();
    for (const { address, service, refusal } of refused) {
      announcementRefusals.inc({ reason: refusal.code });
      const why = describeAnnouncementRefusal(refusal);
      said.set(address, why);
      if (this.#said.get(address) === why) continue;
      this.#log.info({ address, service, reason: refusal.code, why }, "this node is no candidate");
    }
    this.#said = said;
  }
}
