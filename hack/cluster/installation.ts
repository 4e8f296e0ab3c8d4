import { fileURLToPath } from "node:url";
import { VERSION } from "@fairlead/runtime";
import { type KubeletCluster, until, webManifests } from "@fairlead/testing";

/** The path of a file of the repository. */
export function root(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** Installs Fairlead by kustomize, as the README does. */
export async function install(cluster: KubeletCluster): Promise<void> {
  await cluster.kubectl("apply", "--server-side", "-k", root("config"));
  await isReady(cluster);
}

/** Waits until every controller and every speaker is ready. @throws Error after two minutes for each workload. */
export async function isReady(cluster: KubeletCluster): Promise<void> {
  for (const workload of ["deployment/fairlead-controller", "daemonset/fairlead-speaker"]) {
    await cluster.kubectl("-n", "fairlead-system", "rollout", "status", workload, "--timeout=120s");
  }
}

/** Applies the pool and the Service of the samples, with three pods of a web server, and returns the Service's address. */
export async function serveSamples(cluster: KubeletCluster): Promise<string> {
  const { api } = cluster.controlPlane;
  const [program, deployment] = webManifests({ replicas: 3, image: `fairlead:${VERSION}` });
  await api.post("/api/v1/namespaces/default/configmaps", program);
  await api.post("/apis/apps/v1/namespaces/default/deployments", deployment);
  await cluster.kubectl("apply", "-f", root("config/samples/pool.yaml"), "-f", root("config/samples/service.yaml"));
  const address = ["get", "service", "web", "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}"];
  const given = async () => (await cluster.kubectl(...address)) || undefined;
  return until("the Service has an address", given, { withinMillis: 20_000 });
}
