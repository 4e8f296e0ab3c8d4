import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { expect } from "chai";

/** What of a component in a CycloneDX bill of materials is looked at. */
export interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl: string;
  readonly cpe?: string;
  readonly licenses?: readonly unknown[];
  readonly externalReferences?: readonly { readonly type: string; readonly url: string }[];
}

/** Components of the bill of materials in the file tree `root`, which must be valid CycloneDX 1.6. */
export async function billOf(root: string): Promise<Component[]> {
  const text = readFileSync(join(root, "usr/share/fairlead/sbom.cdx.json"), "utf8");
  const faults = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  expect(faults, "faults by the CycloneDX schema").to.equal(null);
  return JSON.parse(text).components;
}

/** `name@version` of each npm package in the bill. */
export function npmNames(bill: readonly Component[]): string[] {
  return bill
    .filter(({ purl }) => purl.startsWith("pkg:npm/"))
    .map(({ group, name, version }) => `${group === undefined ? "" : `${group}/`}${name}@${version}`)
    .sort();
}

/** `name@version` of each package in a node_modules folder. */
export function packagesIn(folder: string): string[] {
  const names = readdirSync(folder).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  return names
    .map((name) => join(folder, name, "package.json"))
    .filter((manifest) => existsSync(manifest))
    .map((manifest) => JSON.parse(readFileSync(manifest, "utf8")))
    .map(({ name, version }) => `${name}@${version}`);
}

/** Those of `names` (`name@version`) without a licence text in the file tree `root`. */
export function withoutLicence(root: string, names: readonly string[]): string[] {
  return names.filter((name) => {
    const folder = join(root, "usr/share/fairlead/licenses", name);
    const texts = existsSync(folder) ? readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8")) : [];
    return !texts.some((text) => /copyright|permission|unencumbered|licen[cs]e/i.test(text) && text.length > 300);
  });
}
