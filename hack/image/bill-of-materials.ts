// The image's bill of materials, as CycloneDX JSON.
import { Contrib, Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { PackageURL } from "packageurl-js";
import parseSpdxExpression from "spdx-expression-parse";
import type { DebianPackage } from "./debian-packages.ts";
import type { NpmPackage } from "./npm-packages.ts";

/** What is in the image. */
export interface Contents {
  /** Fairlead's own package.json. */
  readonly fairlead: Readonly<Record<string, unknown>>;
  readonly npm: readonly NpmPackage[];
  readonly debian: readonly DebianPackage[];
}

const licences = new Contrib.License.Factories.LicenseFactory(parseSpdxExpression);
const components = new Contrib.FromNodePackageJson.Builders.ComponentBuilder(
  new Contrib.FromNodePackageJson.Factories.ExternalReferenceFactory(),
  licences,
);

function describe(manifest: NpmPackage["manifest"], type: Enums.ComponentType): Models.Component {
  const component = components.makeComponent({ ...manifest }, type);
  if (component) return component;
  throw new Error("Cannot write the bill of materials: a package.json must have a name, got one without");
}

function npmComponent({ name, version, manifest }: NpmPackage): Models.Component {
  const component = describe(manifest, Enums.ComponentType.Library);
  const [scope, plain] = name.startsWith("@") ? name.split("/") : [undefined, name];
  component.purl = new PackageURL("npm", scope, plain ?? name, version, undefined, undefined).toString();
  component.bomRef.value = component.purl;
  // The package that brings Node itself, which scanners know by this name.
  if (/^node-linux-/.test(name)) component.cpe = `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`;
  return component;
}

function debianComponent(debian: DebianPackage): Models.Component {
  const { name, version, architecture, source, release, copyright } = debian;
  const qualifiers = { arch: architecture, distro: release, ...(source === name ? {} : { upstream: source }) };
  const purl = new PackageURL("deb", "debian", name, version, qualifiers, undefined).toString();
  const component = new Models.Component(Enums.ComponentType.Library, name, { version, purl, bomRef: purl });
  if (copyright !== undefined) {
    const { License } = Enums.ExternalReferenceType;
    component.externalReferences.add(new Models.ExternalReference(`file://${copyright}`, License));
  }
  return component;
}

/**
 * CycloneDX 1.6 JSON. It is the same for the same contents: there is no time and no serial number in it. Licences of Debian
 * packages are named by the file in the image that has them.
 */
export function billOfMaterials({ fairlead, npm, debian }: Contents): string {
  const bom = new Models.Bom();
  const image = describe(fairlead, Enums.ComponentType.Container);
  image.bomRef.value = `fairlead@${image.version}`;
  bom.metadata.component = image;
  for (const each of npm) bom.components.add(npmComponent(each));
  for (const each of debian) bom.components.add(debianComponent(each));
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 1 })}\n`;
}
