// Which npm packages are in the image, and their licence texts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** Node's name for the processor that this runs on: `x64` or `arm64`. */
export const architecture = process.arch;

/** Folders of the packages that are in the image beside the bundles. nan is in raw-socket's addon, by its headers. */
export const BESIDE_BUNDLES = [
  "node_modules/koffi",
  `node_modules/@koromix/koffi-linux-${architecture}`,
  "node_modules/raw-socket",
  "node_modules/nan",
  `node_modules/node-linux-${architecture}`,
] as const;

/** An npm package of which something is in the image. */
export interface NpmPackage {
  /** Relative to the checkout. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Its package.json, as it is. */
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** Folders of the packages of which `metafile` has octets in a bundle, sorted. What was left out of it does not count. */
export function bundledFolders(metafile: Metafile): string[] {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

/** Reads the package in a folder of the checkout `root`. */
export function readNpmPackage(root: string, folder: string): NpmPackage {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  return { folder, name: manifest.name, version: manifest.version, manifest };
}

/** Packages without a licence text that are parts of another one: its folder. */
const PART_OF: Readonly<Record<string, string>> = {
  [`node_modules/@koromix/koffi-linux-${architecture}`]: "node_modules/koffi",
};

/**
 * Licence texts of the package in `folder` of the checkout `root`, by file name: its files of such a name, or else the part of its README that has
 * the heading License. Throws where there is neither: then nobody may ship it before somebody has looked.
 */
export function licenceTexts(root: string, folder: string): Map<string, string> {
  const from = join(root, PART_OF[folder] ?? folder);
  const names = readdirSync(from).sort();
  const read = (name: string) => readFileSync(join(from, name), "utf8");
  const files = names.filter((name) => /^((un)?licen[cs]e|copying|notice)/i.test(name));
  if (files.length > 0) return new Map(files.map((name) => [name, read(name)]));

  const readme = names.find((name) => /^readme/i.test(name));
  const section = readme && /^(?:#+ *licen[cs]e|licen[cs]e\n[-=]+)[\s\S]+/im.exec(read(readme))?.[0];
  if (section) return new Map([["LICENSE", section]]);
  throw new Error(`Cannot collect licences: a package must bring its licence's text, got none in ${from}`);
}
