import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { type DemoNode, type DemoPod, demoNodeManifest, sliceManifest } from "./manifests.ts";

/** The folder of manifests of a demo without Kubernetes: what Kubernetes would know is written into it. */
export class DemoFolder {
  readonly path: string;

  /** Makes what is missing of the folder. */
  constructor(path: string) {
    this.path = path;
    mkdirSync(`${path}/cluster`, { recursive: true });
  }

  addNode(node: DemoNode): void {
    this.#put(`node-${node.name}`, demoNodeManifest(node));
  }

  setEndpoints(pods: readonly DemoPod[]): void {
    this.#put("endpointslice-web", sliceManifest(pods));
  }

  /** Adds a file of config/samples. */
  apply(sample: string): void {
    copyFileSync(new URL(`../../config/samples/${sample}.yaml`, import.meta.url), `${this.path}/${sample}.yaml`);
  }

  /** The address in the status of Service default/web, if it has one. */
  async address(): Promise<string | undefined> {
    const text = await this.#read("status/services/default/web.yaml").catch(() => "");
    const service = parse(text) as ServiceWithStatus | null;
    return service?.status?.loadBalancer?.ingress?.[0]?.ip;
  }

  /** The status of Service default/web and the IPAllocation of its address. */
  async show(): Promise<string> {
    const allocation = await this.#read(`ipallocations/${await this.address()}.yaml`);
    return `${await this.#read("status/services/default/web.yaml")}---\n${allocation}`.trimEnd();
  }

  #put(name: string, object: object): void {
    writeFileSync(`${this.path}/cluster/${name}.yaml`, stringify(object));
  }

  #read(name: string): Promise<string> {
    return readFile(`${this.path}/${name}`, "utf8");
  }
}

interface ServiceWithStatus {
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip: string }[] } };
}
