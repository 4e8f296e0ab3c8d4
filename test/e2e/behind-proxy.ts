import { readFile, writeFile } from "node:fs/promises";
import { LAB } from "@fairlead/testing";
import { parse, stringify } from "yaml";
import { TcpProxy } from "./tcp-proxy.ts";

/** A proxy before the API server, on the management network, and a kubeconfig that goes by it. */
export async function behindProxy(kubeconfig: string): Promise<{ proxy: TcpProxy; kubeconfig: string }> {
  const proxy = await TcpProxy.open(LAB.control, 6443, LAB.operator);
  const file = parse(await readFile(kubeconfig, "utf8")) as { clusters: { cluster: Record<string, unknown> }[] };
  for (const { cluster } of file.clusters) {
    cluster.server = `https://${LAB.operator}:${proxy.port}`;
    // What the certificate is for.
    cluster["tls-server-name"] = LAB.control;
  }
  const path = `${kubeconfig}.behind-${proxy.port}`;
  await writeFile(path, stringify(file), { mode: 0o600 });
  return { proxy, kubeconfig: path };
}
