// Writes the files that others are the source of. With --check: writes nothing, fails if a file is not up to date.
import { chartFiles } from "./chart.ts";
import { crdFiles } from "./crds.ts";
import { isCurrent, write } from "./generated-file.ts";

for (const file of [...crdFiles(), ...(await chartFiles())]) {
  if (!process.argv.includes("--check")) await write(file);
  else if (!(await isCurrent(file))) {
    console.error(`Cannot accept ${file.path}: it must be what its sources say; run "make generate"`);
    process.exitCode = 1;
  }
}
