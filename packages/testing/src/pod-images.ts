import { basename, join } from "node:path";
import { builtPrograms } from "./built-programs.ts";
import { PAUSE_IMAGE } from "./kubelet-files.ts";
import { writeScratchImage } from "./scratch-image.ts";

/** The name under which nodes have CoreDNS. */
export const COREDNS_IMAGE = "registry.k8s.io/coredns/coredns:v1.14.1";

/** Writes archives of the images that a cluster's own pods are made of into a folder, and returns their paths. */
export async function podImages(directory: string, dns: boolean): Promise<string[]> {
  const pause = join(await builtPrograms("pause"), "pause");
  const images = [{ name: PAUSE_IMAGE, program: pause, user: "65535:65535" }];
  if (dns) images.push({ name: COREDNS_IMAGE, program: join(await builtPrograms("dns"), "coredns"), user: "0:0" });
  return Promise.all(
    images.map(async (image) => {
      const archive = join(directory, `${basename(image.program)}.tar`);
      await writeScratchImage(image, archive);
      return archive;
    }),
  );
}
