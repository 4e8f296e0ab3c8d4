// Makes what a release publishes beside the image: node hack/release/main.ts charts|manifests FOLDER [IMAGE]
// charts: packages of both charts. manifests: fairlead.yaml, for kubectl apply. IMAGE, as NAME[:TAG][@DIGEST], is the image
// that they install unless told; fairlead:VERSION unless given.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { builtPrograms } from "@fairlead/testing";
import { kustomizationWithImage, valuesWithImage } from "./image-in-config.ts";
import { type ImageReference, parseImageReference } from "./image-reference.ts";

const run = promisify(execFile);
const CONFIG = fileURLToPath(new URL("../../config", import.meta.url));

async function charts(folder: string, temporary: string, image: ImageReference | undefined): Promise<void> {
  const helm = join(await builtPrograms("helm"), "helm");
  await cp(`${CONFIG}/chart`, `${temporary}/chart`, { recursive: true });
  const values = `${temporary}/chart/values.yaml`;
  if (image !== undefined) await writeFile(values, valuesWithImage(await readFile(values, "utf8"), image));
  for (const chart of [`${temporary}/chart`, `${CONFIG}/chart-crds`])
    console.log((await run(helm, ["package", chart, "--destination", folder])).stdout.trimEnd());
}

async function manifests(folder: string, temporary: string, image: ImageReference | undefined): Promise<void> {
  const kubectl = await run("kubectl", ["version", "--client"]).then(
    () => "kubectl",
    async () => join(await builtPrograms("control-plane"), "kubectl"),
  );
  const kustomization = kustomizationWithImage(relative(temporary, CONFIG), image); // kustomize takes no absolute path
  await writeFile(`${temporary}/kustomization.yaml`, JSON.stringify(kustomization));
  await writeFile(`${folder}/fairlead.yaml`, (await run(kubectl, ["kustomize", temporary])).stdout);
  console.log(`Wrote ${folder}/fairlead.yaml`);
}

const [what = "", folder = "", image = ""] = process.argv.slice(2);
const make = { charts, manifests }[what];
if (make === undefined || folder === "") {
  console.error(`release: Cannot start: the arguments must be charts|manifests FOLDER [IMAGE], got: ${what} ${folder}`);
  process.exit(2);
}
const temporary = await mkdtemp(join(tmpdir(), "fairlead-release-"));
try {
  await mkdir(folder, { recursive: true });
  await make(folder, temporary, image === "" ? undefined : parseImageReference(image));
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await rm(temporary, { recursive: true, force: true });
}
