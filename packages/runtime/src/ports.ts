/** A span of time or a point on a clock, in milliseconds. */
export type Millis = number;

/** Stops what returned it. Calling it again does nothing. */
export type Cancel = () => void;

/** Time and chance as arguments: the process's own, or a test's. */
export interface Clock {
  /** Wall-clock time since the Unix epoch. */
  now(): Millis;
  /** Time that never jumps, from an arbitrary start. */
  monotonic(): Millis;
  /** Runs `action` once after `delay`. */
  after(delay: Millis, action: () => void): Cancel;
  /** A random number in [0, 1). */
  random(): number;
}

/** Structured fields of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A structured log; pino's loggers fit. Messages are sentences without values: the values are fields. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A log that adds `fields` to every line. */
  child(fields: LogFields): Log;
}
