import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ControlPlane } from "@fairlead/testing";
import { expect } from "chai";
import { ARGS, VALUES } from "./chart-values.ts";
import { WRONG_VALUES } from "./chart-wrong-values.ts";
import { CHART, CRDS_CHART, type Helm, type Manifest, manifests } from "./helm.ts";
import { CONFIG, NAMESPACE } from "./product.ts";
import { withHelm } from "./with-helm.ts";

/** Options that the templates leave out where a value is what the program takes by itself. */
const COMMON = ["logLevel", "loadBalancerClass", "metricsPort"];
const WITH_DEFAULT = {
  controller: COMMON,
  speaker: [...COMMON, "forwarding", "responder", "detection", "heartbeatPort"],
} as const;
const RELEASE = fileURLToPath(new URL("../../hack/release/main.ts", import.meta.url));
/** Labels that a chart has and kustomize has not. */
const OF_HELM = ["helm.sh/chart", ...["instance", "version", "managed-by"].map((name) => `app.kubernetes.io/${name}`)];

const key = ({ kind, metadata: { name } }: Manifest): string => `${kind}/${name}`;

/** By kind and name, without what a chart alone has. */
function comparable(objects: readonly Manifest[]): Record<string, Manifest> {
  const entries = objects.map((object) => {
    const labels = Object.entries(object.metadata.labels ?? {}).filter(([label]) => !OF_HELM.includes(label));
    const { labels: _, ...metadata } = object.metadata;
    const rest = labels.length === 0 ? metadata : { ...metadata, labels: Object.fromEntries(labels) };
    return [key(object), { ...object, metadata: rest }];
  });
  return Object.fromEntries(entries);
}

/** CRDs of the chart as kustomize has them: without the annotation that keeps them, which each must have. */
function withoutKeep(crds: readonly Manifest[]): Manifest[] {
  return crds.map((crd) => {
    const { annotations, ...metadata } = crd.metadata;
    expect(annotations).to.deep.equal({ "helm.sh/resource-policy": "keep" });
    return { ...crd, metadata };
  });
}

/** What is at a path such as spec.containers.0.image; undefined where it ends before. */
function at(object: unknown, path: string | undefined): unknown {
  const names = path?.split(".") ?? [];
  return names.reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], object);
}

/** `a.b` for each value that is set. */
function names(values: object, above = ""): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const isMap = typeof value === "object" && !Array.isArray(value);
    return [`${above}${name}`, ...(isMap ? names(value, `${above}${name}.`) : [])];
  });
}

describe("the Helm charts", () => {
  let helm: Helm;
  let controlPlane: ControlPlane;

  let onCluster: (...args: string[]) => Promise<string>;
  withHelm((stage) => {
    ({ helm, controlPlane, onCluster } = stage);
  });

  it("pass helm lint", async () => {
    await helm.run("lint", "--strict", CHART, CRDS_CHART);
  });

  it("make the same objects as kustomize, but for the namespace", async () => {
    const crds = manifests(await helm.run("template", "fairlead-crds", CRDS_CHART));
    const kustomized = comparable(manifests(await controlPlane.kubectl("kustomize", CONFIG)));
    delete kustomized[`Namespace/${NAMESPACE}`];
    expect(comparable([...withoutKeep(crds), ...(await helm.render(NAMESPACE))])).to.deep.equal(kustomized);
  });

  it("make the same Deployment as kustomize with the component of the finalizer", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fairlead-finalizer-"));
    try {
      const [resources, components] = [[relative(folder, CONFIG)], [relative(folder, `${CONFIG}/finalizer`)]];
      const file = join(folder, "kustomization.yaml");
      await writeFile(file, JSON.stringify({ kind: "Kustomization", resources, components }));
      const name = "Deployment/fairlead-controller";
      const kustomized = comparable(manifests(await controlPlane.kubectl("kustomize", folder)))[name];
      const rendered = comparable(await helm.render(NAMESPACE, { controller: { finalizer: true } }))[name];
      expect(at(rendered, ARGS)).to.include("--finalizer");
      expect(rendered).to.deep.equal(kustomized);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("take the namespace of the release everywhere", async () => {
    expect(JSON.stringify(await helm.render("edge"))).not.to.contain(NAMESPACE);
  });

  for (const component of ["controller", "speaker"] as const) {
    it(`have defaults that are those of the program: ${component}`, async () => {
      const values = JSON.parse(await helm.run("show", "values", CHART, "--jsonpath", "{$}"));
      const help = (await run(component, ["--help"])).replaceAll(/\s+/g, " ");
      for (const name of WITH_DEFAULT[component]) {
        const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        const text = help.split(` --${option} `)[1]?.split(/ --\w/)[0];
        const value = values[name] ?? values[component][name];
        expect(text).to.match(new RegExp(`default: "?${value}"?\\)`));
      }
    });
  }

  it("are packaged with the image of a release", async () => {
    const image = `registry.test/fairlead@sha256:${"0".repeat(64)}`;
    const folder = helm.path("packages");
    for (const what of ["charts", "manifests"])
      await promisify(execFile)(process.execPath, [RELEASE, what, folder, image]);
    const { version } = JSON.parse(await readFile(`${CONFIG}/../package.json`, "utf8")) as { version: string };
    const crds = await helm.run("template", "fairlead-crds", `${folder}/fairlead-crds-${version}.tgz`);
    const rendered = await helm.run("template", "x", `${folder}/fairlead-${version}.tgz`, "--namespace", NAMESPACE);
    const kustomized = manifests(await readFile(`${folder}/fairlead.yaml`, "utf8"));
    const images = (text: string): string[] => text.match(/(?<=image: ).*/g) ?? [];
    expect(images(rendered)).to.deep.equal([image, image]);
    const { [`Namespace/${NAMESPACE}`]: _, ...rest } = comparable(kustomized);
    expect(comparable([...withoutKeep(manifests(crds)), ...manifests(rendered)])).to.deep.equal(rest);
  });

  describe("with values", () => {
    const accepted = new Set<string>();

    /** Has the API server check the objects. The Prometheus operator's kind is not in this cluster. */
    async function accept(objects: readonly Manifest[]): Promise<void> {
      const known = objects.filter(({ kind }) => kind !== "PodMonitor").map((object) => JSON.stringify(object));
      const file = await helm.file("objects.yaml", known.join("\n---\n"));
      await controlPlane.kubectl("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", file);
    }

    before(() => onCluster("install", "fairlead-crds", CRDS_CHART));

    for (const { values, of, at: path, is, has } of VALUES) {
      it(`${JSON.stringify(values)}: ${of} ${path ?? "is not there"}`, async () => {
        const objects = await helm.render(NAMESPACE, values);
        const object = objects.find((candidate) => key(candidate) === of);
        if (path !== undefined) expect(object, of).not.to.equal(undefined);
        if (has !== undefined) expect(at(object, path)).to.include(has);
        else expect(at(object, path)).to.deep.equal(is);
        if (path === ARGS)
          await run(of.startsWith("Deployment") ? "controller" : "speaker", [
            ...(at(object, path) as string[]),
            "--version",
          ]);
        if (!accepted.has(JSON.stringify(values))) await accept(objects);
        accepted.add(JSON.stringify(values));
      });
    }

    it("tries every value that there is", async () => {
      const readme = await helm.run("show", "readme", CHART);
      const all = Array.from(readme.matchAll(/^\| `([\w.]+)` \|/gm), ([, name]) => name);
      expect(all).to.include("speaker.detection");
      const tried = new Set(VALUES.flatMap(({ values }) => names(values)));
      expect(all.filter((name) => name !== undefined && !tried.has(name))).to.deep.equal([]);
    });

    for (const [values, named] of WRONG_VALUES) {
      it(`refuses ${JSON.stringify(values)}`, async () => {
        const outcome = await helm.render(NAMESPACE, values).then(
          () => "accepted",
          (error: Error) => error.message,
        );
        expect(outcome).to.contain(named);
      });
    }
  });
});

/** Runs a program of the product, and returns what it printed. @throws Error when it refuses its options. */
async function run(component: "controller" | "speaker", args: readonly string[]): Promise<string> {
  const program = fileURLToPath(new URL(`../../bin/fairlead-${component}`, import.meta.url));
  return (await promisify(execFile)(program, [...args])).stdout;
}
