import { createHash } from "node:crypto";
import type { RequestOptions } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { KubeConfig } from "@kubernetes/client-node";

/** Thrown when a kubeconfig can't be used; the message says which and why. */
export class KubeConfigError extends Error {
  override readonly name = "KubeConfigError";
}

/** Where the API server is and how to prove who we are, as of now. */
export interface Credentials {
  readonly server: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates, and how the server's is looked at. */
  readonly tls: Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase" | "servername" | "rejectUnauthorized">;
  /** Equal for credentials that are the same in every respect, certificates included; a digest, not a secret. */
  readonly fingerprint: string;
}

/**
 * Loads credentials anew, tokens included: call again when the API server answers 401.
 *
 * @param file - path of a kubeconfig; undefined means the service account of the pod.
 * @throws KubeConfigError when the file can't be read, or names no cluster or user.
 */
export async function loadCredentials(file: string | undefined): Promise<Credentials> {
  const source = file === undefined ? "the pod's service account" : `kubeconfig ${JSON.stringify(file)}`;
  try {
    const config = new KubeConfig();
    if (file === undefined) config.loadFromCluster();
    else config.loadFromFile(file);
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error("its current context must name a cluster, got none");
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const { ca, cert, key, passphrase, rejectUnauthorized, servername } = options;
    const tls = { ca, cert, key, passphrase, servername, ...(rejectUnauthorized === false && { rejectUnauthorized }) };
    const server = new URL(cluster.server);
    const basic = options.auth ? { Authorization: `Basic ${Buffer.from(options.auth).toString("base64")}` } : {};
    const headers = { ...(options.headers as Record<string, string> | undefined), ...basic };
    const everything = JSON.stringify([server.href, headers, ...Object.values(tls).map(String)]);
    const fingerprint = createHash("sha256").update(everything).digest("hex");
    return { server, headers, tls, fingerprint };
  } catch (cause) {
    // A parser's message goes on with an excerpt of the file, which may hold secrets.
    const [why] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new KubeConfigError(`Cannot use ${source}: ${why}`, { cause });
  }
}
