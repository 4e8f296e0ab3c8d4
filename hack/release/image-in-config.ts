import { parseDocument } from "yaml";
import type { ImageReference } from "./image-reference.ts";

/** values.yaml of the chart with another image as the default, comments and all else as they are. */
export function valuesWithImage(values: string, { repository, tag = "", digest = "" }: ImageReference): string {
  const document = parseDocument(values);
  for (const [name, value] of Object.entries({ repository, tag, digest })) document.setIn(["image", name], value);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** A kustomization of all of Fairlead with another image. `base` is the path to `config`. */
export function kustomizationWithImage(base: string, image: ImageReference | undefined): object {
  const images = image && [
    {
      name: "fairlead",
      newName: image.repository,
      ...(image.digest !== undefined ? { digest: image.digest } : image.tag !== undefined && { newTag: image.tag }),
    },
  ];
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [base],
    ...(images && { images }),
  };
}
