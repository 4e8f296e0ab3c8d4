/** How to reach an API server, and as whom. */
export interface ApiAccess {
  /** "https://10.0.0.1:6443" */
  readonly server: string;
  /** Certificates of the authorities that sign the server's, in PEM. */
  readonly authority: string;
  /** Bearer token. */
  readonly token: string;
}

/** A kubeconfig file with one cluster, one user and one context, as JSON, which is YAML, too. */
export function kubeconfig({ server, authority, token }: ApiAccess): string {
  const name = "fairlead";
  const document = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": Buffer.from(authority).toString("base64") } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
