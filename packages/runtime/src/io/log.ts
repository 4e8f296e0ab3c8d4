import { pino } from "pino";
import { PinoPretty } from "pino-pretty";
import type { Log } from "../ports.ts";

/** How lines of the log are written. */
export type LogFormat = "json" | "pretty";

/** Levels that a log can be set to, most talkative first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A log on standard output: one JSON object a line, or lines for people.
 *
 * @param fields - put on every line: the component, the node.
 */
export function createLog(level: LogLevel, format: LogFormat, fields: Readonly<Record<string, unknown>>): Log {
  const options = {
    level,
    base: fields,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // Synchronous: the last lines before the end of a process are the ones that matter.
  const destination = pino.destination({ fd: 1, sync: true });
  if (format === "json") return pino(options, destination);
  const ignore = ["pid", "hostname", ...Object.keys(fields)].join(",");
  const who = Object.values(fields).join(" ");
  const stream = PinoPretty({
    destination: 1,
    sync: true,
    colorize: process.stdout.isTTY,
    singleLine: true,
    translateTime: "SYS:HH:MM:ss.l",
    ignore,
    messageFormat: `${who}: {msg}`,
  });
  return pino(options, stream);
}
