import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** Name of the control group that all pods of a node are in, at the top of each hierarchy. */
export function kubeletCgroup(node: string): string {
  return `fairlead-${node}`;
}

/** Makes the control group of a node, in each hierarchy of cgroups v1 or in the one of v2. */
export async function makeKubeletCgroup(node: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const path = join(hierarchy, kubeletCgroup(node));
    await mkdir(path, { recursive: true });
    // A new group of v1 has neither processors nor memory nodes, and takes no process until it has.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      const own = join(path, file);
      const above = join(hierarchy, file);
      if (existsSync(above) && existsSync(own)) await writeFile(own, await readFile(above));
    }
  }
}

/** Removes it with all that pods have left in it. Their processes must have ended. An absent one is no error. */
export async function removeKubeletCgroup(node: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await removeGroup(join(hierarchy, kubeletCgroup(node)));
}

// v1 has a folder for each hierarchy, v2 is one itself.
async function hierarchies(): Promise<string[]> {
  if (existsSync(join(ROOT, "cgroup.controllers"))) return [ROOT];
  const entries = await readdir(ROOT, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(ROOT, name));
  return folders.filter((path) => existsSync(join(path, "cgroup.procs")));
}

async function removeGroup(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroup(join(path, entry.name));
  }
  await rmdir(path);
}
