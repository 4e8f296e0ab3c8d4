import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** An image of one static program. */
export interface ScratchImage {
  /** Full name with tag, as pods name it. */
  readonly name: string;
  /** Path of the program; it is the image's only file and its entry point. */
  readonly program: string;
  /** "user:group" by number that it runs as; root unless told. */
  readonly user?: string;
}

/** Writes the image as a docker archive, which containerd imports (Docker Image Specification v1.2). */
export async function writeScratchImage({ name, program, user = "0:0" }: ScratchImage, archive: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "fairlead-image-"));
  const tar = (file: string, folder: string, ...members: string[]) =>
    execute("tar", ["--numeric-owner", "--owner=0", "--group=0", "-C", folder, "-cf", file, ...members]);
  try {
    const file = basename(program);
    await mkdir(join(work, "root"));
    await copyFile(program, join(work, "root", file));
    await tar(join(work, "layer.tar"), join(work, "root"), file);
    const digest = createHash("sha256")
      .update(await readFile(join(work, "layer.tar")))
      .digest("hex");
    const configuration = {
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: { Entrypoint: [`/${file}`], User: user },
      rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    };
    await writeFile(join(work, "config.json"), JSON.stringify(configuration));
    const manifest = [{ Config: "config.json", RepoTags: [name], Layers: ["layer.tar"] }];
    await writeFile(join(work, "manifest.json"), JSON.stringify(manifest));
    await tar(archive, work, "manifest.json", "config.json", "layer.tar");
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
