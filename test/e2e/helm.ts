import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { builtPrograms } from "@fairlead/testing";
import { parseAllDocuments } from "yaml";
import { CONFIG } from "./product.ts";

/** What a manifest has; any field. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** The chart of the controller and the speakers. */
export const CHART = `${CONFIG}/chart`;
/** The chart of the CRDs. */
export const CRDS_CHART = `${CONFIG}/chart-crds`;

/** helm, with a folder of its own for all that it would keep. */
export class Helm {
  readonly #program: string;
  readonly #home: string;

  private constructor(program: string, home: string) {
    this.#program = program;
    this.#home = home;
  }

  /** Builds helm if need be: four minutes. */
  static async create(): Promise<Helm> {
    const program = join(await builtPrograms("helm"), "helm");
    return new Helm(program, await mkdtemp(join(tmpdir(), "fairlead-helm-")));
  }

  /**
   * Runs helm and returns what it printed on stdout.
   *
   * @throws Error with its stderr when its exit status is not 0.
   */
  async run(...args: string[]): Promise<string> {
    const env = { ...process.env, HOME: this.#home };
    return (await promisify(execFile)(this.#program, args, { env, maxBuffer: 1 << 26 })).stdout;
  }

  /** Options of {@link run} that set values. */
  async values(values: object): Promise<string[]> {
    return ["--values", await this.file("values.json", JSON.stringify(values))];
  }

  /** Path of a file or folder that is there until {@link close}, if somebody makes it. */
  path(name: string): string {
    return join(this.#home, name);
  }

  /** Writes such a file, and returns its path. */
  async file(name: string, text: string): Promise<string> {
    await writeFile(this.path(name), text);
    return this.path(name);
  }

  /** The objects that the chart of controller and speakers makes of values. */
  async render(namespace: string, values: object = {}): Promise<Manifest[]> {
    const options = await this.values(values);
    return manifests(await this.run("template", "fairlead", CHART, "--namespace", namespace, ...options));
  }

  /** Removes its folder. */
  async close(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }
}

/** The objects in a stream of YAML documents, read as kubectl reads it; empty ones are left out. */
export function manifests(text: string): Manifest[] {
  return parseAllDocuments(text, { version: "1.1" }) // a mode such as 0400 is octal there
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}
