/** A run of Kubernetes' own suite: which of its specs. */
export interface SuiteRun {
  readonly title: string;
  /** Regular expressions of ginkgo: what to run, and what of it to leave out. */
  readonly focus: string;
  readonly skip?: string;
}

/** A spec that fails here as it stands, and why. */
export interface ExpectedFailure {
  /** A part of the spec's name that no other has. */
  readonly spec: string;
  readonly why: string;
}

/** Specs that take a quarter of an hour each; QUICK=1 leaves them out. */
const LONG = "rolling.update";

/** What `make conformance` runs. */
export const RUNS: readonly SuiteRun[] = [
  { title: "LoadBalancers", focus: "\\[sig-network\\] LoadBalancers" },
  {
    title: "Services, EndpointSlice, Networking",
    focus: "\\[sig-network\\] (Services|EndpointSlice|Networking).*\\[Conformance\\]",
  },
];

/** What fails, with the reason that the documents give. */
export const EXPECTED_FAILURES: readonly ExpectedFailure[] = [
  {
    spec: "switch session affinity for LoadBalancer service with Local traffic policy",
    why: "under externalTrafficPolicy Local the owner alone answers, with its own endpoints; the suite expects several nodes",
  },
];

/** The runs without what takes long or cannot pass. */
export function quick(runs: readonly SuiteRun[]): SuiteRun[] {
  const skip = [LONG, ...EXPECTED_FAILURES.map(({ spec }) => spec)].join("|");
  return runs.map((run) => ({ ...run, skip }));
}

/** How one spec ended. */
export interface SpecResult {
  readonly name: string;
  readonly outcome: "passed" | "failed";
  readonly seconds: number;
}

/** The specs that ran, from the JUnit report that ginkgo writes. Those that were left out are not in it. */
export function readReport(xml: string): SpecResult[] {
  const cases = xml.matchAll(/<testcase\s+name="([^"]*)"[^>]*?\sstatus="([^"]*)"[^>]*?\stime="([^"]*)"/g);
  return [...cases].flatMap(([, name = "", status, time]) => {
    if (!name.includes("[It]") || status === "skipped" || status === "pending") return [];
    return { name: plain(name), outcome: status === "passed" ? "passed" : "failed", seconds: Number(time) } as const;
  });
}

/** The results as a table in Markdown: what failed although it need not comes with the word FAILED. */
export function table(results: readonly SpecResult[]): string {
  const rows = results.map(({ name, outcome, seconds }) => {
    const expected = EXPECTED_FAILURES.find(({ spec }) => name.includes(spec));
    const result = outcome === "passed" ? "pass" : expected === undefined ? "FAILED" : `fails: ${expected.why}`;
    return `| ${name.replaceAll("|", "\\|")} | ${result} | ${Math.round(seconds)} s |`;
  });
  return ["| Spec | Result | Took |", "|---|---|---|", ...rows].join("\n");
}

/** What failed although nothing says that it may. */
export function unexpected(results: readonly SpecResult[]): SpecResult[] {
  return results.filter(({ name, outcome }) => {
    return outcome === "failed" && !EXPECTED_FAILURES.some(({ spec }) => name.includes(spec));
  });
}

function plain(name: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&quot;": '"',
    "&#34;": '"',
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
  };
  return name
    .replaceAll(/&(quot|#34|amp|lt|gt);/g, (entity) => entities[entity] ?? entity)
    .replace(/^\[It\] /, "")
    .replaceAll(/ ?\[[A-Z][A-Za-z:-]*\]/g, "");
}
