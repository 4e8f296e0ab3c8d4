// Writes config/crd/*.yaml from the zod schemas. With --check: writes nothing, fails if a file is not up to date.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { CUSTOM_RESOURCES, customResourceDefinition } from "@fairlead/kube";
import { stringify } from "yaml";

const directory = new URL("../../config/crd/", import.meta.url);
await mkdir(directory, { recursive: true });
for (const resource of CUSTOM_RESOURCES) {
  const file = new URL(`${resource.plural}.yaml`, directory);
  const text = `# Generated from packages/kube/src/schema by "make generate": do not edit.\n${stringify(customResourceDefinition(resource), { lineWidth: 120, aliasDuplicateObjects: false })}`;
  if (!process.argv.includes("--check")) await writeFile(file, text);
  else if ((await readFile(file, "utf8").catch(() => "")) !== text) {
    console.error(`${file.pathname} is not what packages/kube/src/schema says: run "make generate"`);
    process.exitCode = 1;
  }
}
