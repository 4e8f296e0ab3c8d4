import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AUDIT_POLICY } from "./audit.ts";
import { API_PORT, type ControlPlanePlan, STATIC_USERS, type StaticUser } from "./control-plane-flags.ts";
import { type ApiAccess, kubeconfig } from "./kubeconfig.ts";

/** Tokens of the users in {@link STATIC_USERS} and of the kubelets (by node), made at random. */
export interface StaticTokens {
  readonly users: Readonly<Record<StaticUser, string>>;
  readonly kubelets: ReadonlyMap<string, string>;
}

/** Writes what the API server reads at start: the key for ServiceAccount tokens, the fixed tokens, the audit policy. */
export async function writeServerFiles({ directory, kubelets }: ControlPlanePlan): Promise<StaticTokens> {
  await mkdir(directory, { recursive: true });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "sec1", format: "pem" });
  await writeFile(join(directory, "service-account.key"), key, { mode: 0o600 });
  const token = (): string => randomBytes(16).toString("hex");
  const tokens: StaticTokens = {
    users: { admin: token(), "kube-controller-manager": token(), "kube-proxy": token(), "kube-scheduler": token() },
    kubelets: new Map(kubelets.map((node) => [node, token()])),
  };
  const rows = staticUsers().map((name) => {
    const { user, group } = STATIC_USERS[name];
    return `${tokens.users[name]},${user},${name},${group}\n`;
  });
  const nodes = [...tokens.kubelets].map(([node, secret]) => `${secret},system:node:${node},${node},system:nodes\n`);
  await writeFile(join(directory, "tokens.csv"), [...rows, ...nodes].join(""), { mode: 0o600 });
  await writeFile(join(directory, "audit-policy.json"), JSON.stringify(AUDIT_POLICY));
  return tokens;
}

/** The way in with `token`; the API server has made its certificate by then. */
export async function accessWith({ directory, address }: ControlPlanePlan, token: string): Promise<ApiAccess> {
  const authority = await readFile(join(directory, "apiserver", "apiserver.crt"), "utf8");
  return { server: `https://${address}:${API_PORT}`, authority, token };
}

/** Writes `NAME.kubeconfig` and returns its path. */
export async function writeKubeconfig(plan: ControlPlanePlan, name: string, token: string): Promise<string> {
  const path = join(plan.directory, `${name}.kubeconfig`);
  await writeFile(path, kubeconfig(await accessWith(plan, token)), { mode: 0o600 });
  return path;
}

/** The names in {@link STATIC_USERS}. */
export function staticUsers(): StaticUser[] {
  return ["admin", "kube-controller-manager", "kube-proxy", "kube-scheduler"];
}
