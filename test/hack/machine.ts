import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = new URL("../../", import.meta.url).pathname;

/** What a script did: its exit status, what it said on standard error, and what the stubs noted. */
export interface Ran {
  readonly status: number | null;
  readonly says: string;
  readonly prints: string;
  readonly calls: readonly string[];
}

/**
 * A machine for a script of hack/: a checkout with a few files only, and a PATH with stubs only. What a script calls must be
 * stubbed, or be among `real`.
 */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), "fairlead-machine-"));

  constructor(files: readonly string[], real: readonly string[]) {
    for (const name of files) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      cpSync(join(root, name), join(this.folder, name));
    }
    for (const tool of real) this.stub(tool, `exec /usr/bin/${tool} "$@"`);
  }

  /** Puts a program into the PATH; by default one that notes how it was called. */
  stub(name: string, script = `echo ${name} "$@" >>${this.folder}/calls`): void {
    const file = join(this.folder, "programs", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/bash\n${script}\n`);
    chmodSync(file, 0o755);
  }

  run(script: string, ...options: string[]): Ran {
    const { status, stdout, stderr } = spawnSync(join(this.folder, script), options, {
      encoding: "utf8",
      env: { PATH: join(this.folder, "programs"), HOME: this.folder },
    });
    return { status, says: stderr, prints: stdout, calls: this.#calls() };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #calls(): string[] {
    try {
      return readFileSync(join(this.folder, "calls"), "utf8").trimEnd().split("\n");
    } catch {
      return [];
    }
  }
}
