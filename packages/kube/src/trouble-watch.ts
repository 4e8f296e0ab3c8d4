import { describeTrouble, isPartial, type Trouble } from "@fairlead/model";
import type { Cancel, Clock, Log, Millis } from "@fairlead/runtime";

const LOOK_EVERY_MILLIS: Millis = 500;

/** What a {@link watchTroubles} needs. */
export interface TroubleWatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The troubles of now. */
  readonly current: () => readonly Trouble[];
  /** Told of all of them when they have become others. */
  readonly onChange?: (troubles: readonly Trouble[]) => void;
}

/**
 * Logs each trouble once when it has lasted for two looks, half a second apart, and once when it is over.
 *
 * @returns ends it.
 */
export function watchTroubles({ clock, log, current, onChange = () => {} }: TroubleWatchOptions): Cancel {
  let before = new Map<string, Trouble>();
  let said = new Map<string, Trouble>();
  let timer: Cancel = () => {};
  const look = () => {
    const now = new Map(current().map((trouble) => [JSON.stringify(trouble), trouble]));
    const lasting = new Map([...now].filter(([key]) => before.has(key) || said.has(key)));
    for (const [key, trouble] of lasting) if (!said.has(key)) say(log, trouble);
    for (const [key, { code }] of said) if (!lasting.has(key)) log.info({ reason: code }, "a trouble is over");
    const changed = [...lasting.keys()].join() !== [...said.keys()].join();
    [before, said] = [now, lasting];
    if (changed) onChange([...lasting.values()]);
    timer = clock.after(LOOK_EVERY_MILLIS, look);
  };
  look();
  return () => timer();
}

/** What `/readyz` says about troubles: a line for each that the process is not ready with; undefined without one. */
export function notReadyWith(troubles: readonly Trouble[]): string | undefined {
  const lines = troubles
    .filter((trouble) => !isPartial(trouble))
    .map((trouble) => `${trouble.code}: ${describeTrouble(trouble)}`);
  return lines.length === 0 ? undefined : lines.join("\n");
}

function say(log: Log, trouble: Trouble): void {
  const fields = { reason: trouble.code, why: describeTrouble(trouble) };
  if (isPartial(trouble)) log.warn(fields, "going on without a part of the work");
  else log.error(fields, "not ready");
}
