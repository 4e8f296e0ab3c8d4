import type { Millis } from "./ports.ts";

/** A time of the wall clock, in milliseconds since 1970, as RFC 3339 §5.6 writes it: in UTC, with three digits of a second. */
export function formatTime(time: Millis): string {
  return new Date(time).toISOString();
}

/** The time of the wall clock that RFC 3339 text says, in milliseconds since 1970; NaN of nothing, or of what is no time. */
export function parseTime(text: string | undefined): Millis {
  return Date.parse(text ?? "");
}
