import { readFile } from "node:fs/promises";

/** A process: a Daemon, or this one. */
export interface MeasuredProcess {
  readonly pid: number;
}

/** Processes by the name under which they are counted together. */
export type ProcessGroups = Readonly<Record<string, readonly MeasuredProcess[]>>;

/** Runs `work`, and returns its result and the processor time that each group used meanwhile, in seconds. */
export async function withCpuSeconds<T>(
  groups: ProcessGroups,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpuSeconds: Record<string, number> }> {
  const before = await cpuSecondsOf(groups);
  const result = await work();
  const after = await cpuSecondsOf(groups);
  const used = Object.entries(after).map(([name, seconds]) => [name, round(seconds - (before[name] ?? 0))] as const);
  return { result, cpuSeconds: Object.fromEntries(used) };
}

/** Processor time in seconds that each group has used since its processes started. */
export async function cpuSecondsOf(groups: ProcessGroups): Promise<Record<string, number>> {
  const sums = Object.entries(groups).map(async ([name, processes]) => {
    const seconds = await Promise.all(processes.map(cpuSecondsSinceStart));
    return [name, round(seconds.reduce((a, b) => a + b, 0))] as const;
  });
  return Object.fromEntries(await Promise.all(sums));
}

/** Memory that a process holds now, how much of it is no part of a file, and the most that it ever held, in MB of 2^20 octets. */
export async function memoryOf({
  pid,
}: MeasuredProcess): Promise<Record<"rssMegabytes" | "anonymousMegabytes" | "peakMegabytes", number>> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const megabytes = (field: string) => {
    const kilobytes = status.match(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m"))?.[1];
    if (kilobytes === undefined) throw new Error(`Cannot measure process ${pid}: its status must have ${field}`);
    return Math.round(Number(kilobytes) / 1024);
  };
  const anonymousMegabytes = megabytes("RssAnon");
  return { rssMegabytes: megabytes("VmRSS"), anonymousMegabytes, peakMegabytes: megabytes("VmHWM") };
}

// proc(5): utime and stime are fields 14 and 15 of stat, in hundredths of a second; the name before them may have spaces.
async function cpuSecondsSinceStart({ pid }: MeasuredProcess): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100; // a clock tick is a hundredth
}
