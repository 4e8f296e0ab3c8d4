// Which Debian packages are in the image's base.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** An installed Debian package. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** Debian's name for it, `all` among them. */
  readonly architecture: string;
  /** Name of the source package that it was built from. */
  readonly source: string;
  /** The file in the tree that has its copyright and licences, its own or that of a package of the same source. */
  readonly copyright: string | undefined;
  /** Code name of the release, such as `bookworm`. */
  readonly release: string;
}

/** The packages installed in the file tree `root`, in dpkg's order. Throws if it is no Debian system. */
export function debianPackages(root: string): DebianPackage[] {
  const release = parseEnv(readFileSync(join(root, "usr/lib/os-release"), "utf8")).VERSION_CODENAME ?? "";
  const fields = ["Package", "Version", "Architecture", "source:Package", "db:Status-Abbrev"];
  const format = fields.map((field) => `\${${field}}`).join("\t");
  const list = execFileSync("dpkg-query", [`--admindir=${root}/var/lib/dpkg`, "-W", `-f=${format}\n`], {
    encoding: "utf8",
  });
  const installed = list
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"))
    .filter(([, , , , status]) => status?.startsWith("ii"))
    .map(([name = "", version = "", architecture = "", source = ""]) => ({ name, version, architecture, source }));
  // Slim images keep copyright files, but not the links from one package's folder to another's.
  const copyrightOf = (name: string, source: string) =>
    [name, ...installed.filter((other) => other.source === source).map((other) => other.name)]
      .map((each) => `/usr/share/doc/${each}/copyright`)
      .find((path) => existsSync(join(root, path)));
  return installed.map((each) => ({ ...each, release, copyright: copyrightOf(each.name, each.source) }));
}
