import { HeartbeatKeys } from "@fairlead/l2";
import type { Cancel, Clock, Log, Millis } from "@fairlead/runtime";
import { UsageError } from "@fairlead/runtime";

/** Kubernetes takes a minute or so to bring a changed Secret to the nodes: looking more often gains nothing. */
const LOOK_EVERY: Millis = 5_000;

/** What is shorter can be guessed from recorded heartbeats. */
const SHORTEST_KEY = 16;

/**
 * The keys in a file: one a line; empty lines and blanks around a key do not count.
 *
 * @throws UsageError for a key that is shorter than 16 characters.
 */
export function parseKeys(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  for (const [i, line] of lines.entries()) {
    if (line.length === 0 || line.length >= SHORTEST_KEY) continue;
    const must = `line ${i + 1} must have ${SHORTEST_KEY} characters or more`;
    throw new UsageError(`Cannot use the heartbeat keys: ${must}, got ${line.length}`);
  }
  return lines.filter((line) => line.length > 0);
}

/** What {@link followKeyFile} needs. */
export interface KeyFileOptions {
  /** The text of the file; undefined if there is no such file. */
  readonly read: () => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The keys of a file, kept up to date while it changes. Without the file there are none until it comes; if it goes, or
 * cannot be used any more, the last ones stay.
 *
 * @throws UsageError when the file as it is now cannot be used.
 */
export async function followKeyFile({ read, clock, log }: KeyFileOptions): Promise<HeartbeatKeys> {
  let text = await read();
  const keys = new HeartbeatKeys(parseKeys(text ?? ""));
  let failed = "";
  const look = async (): Promise<void> => {
    const before = text;
    text = await read();
    if (text === undefined || text === before) return;
    keys.replace(parseKeys(text), clock.monotonic());
    log.info({}, "heartbeat keys have changed; another first one signs in 3 minutes");
  };
  const lookAgain = (): Cancel =>
    clock.after(LOOK_EVERY, () => {
      look()
        .then(
          () => {
            failed = "";
          },
          (error) => {
            if (String(error) !== failed) log.error({ err: String(error) }, "cannot take changed heartbeat keys");
            failed = String(error);
          },
        )
        .finally(lookAgain);
    });
  lookAgain();
  return keys;
}
