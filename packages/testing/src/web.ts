import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Manifest } from "./manifests.ts";

/** Which pods of the web server there are to be. */
export interface WebOptions {
  /** Name of the Deployment; "web" unless told. Its pods are app=web in any case. */
  readonly name?: string;
  readonly replicas: number;
  /** The node that all of them run on; any unless told. */
  readonly node?: string;
  /** Image with Node.js in it: the product's own. */
  readonly image: string;
}

/** Where the image has Node.js: see hack/image/layout.ts. */
const NODE = "/opt/fairlead/node_modules/.bin/node";

const WORKLOAD = fileURLToPath(new URL("workload.ts", import.meta.url));

/**
 * Manifests of a web server for clusters with kubelets: the laboratory's workload as a Deployment, and the ConfigMap that
 * has its program. Ready within a second of its start; one that ends serves on for a second, as one should.
 */
export function webManifests({ name = "web", replicas, node, image }: WebOptions): [Manifest, Manifest] {
  const probe = { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 };
  const spread = {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { deployment: name } },
  };
  const container = {
    name: "web",
    image,
    command: [NODE, "/workload/workload.ts", "--port", "8080", "--name", "$(POD_NAME)"],
    env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
    readinessProbe: probe,
    lifecycle: { preStop: { sleep: { seconds: 1 } } },
    volumeMounts: [{ name: "workload", mountPath: "/workload" }],
  };
  const labels = { app: "web", deployment: name };
  const program = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "workload", namespace: "default" },
    data: { "workload.ts": readFileSync(WORKLOAD, "utf8") },
  };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: { deployment: name } },
      template: {
        metadata: { labels },
        spec: {
          ...(node === undefined
            ? { topologySpreadConstraints: [spread] }
            : { nodeSelector: { "kubernetes.io/hostname": node } }),
          terminationGracePeriodSeconds: 5,
          containers: [container],
          volumes: [{ name: "workload", configMap: { name: "workload" } }],
        },
      },
    },
  };
  return [program, deployment];
}
