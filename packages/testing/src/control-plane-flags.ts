import { LAB } from "./lab-plan.ts";

/** Files and addresses that the programs of a control plane share. */
export interface ControlPlanePlan {
  /** Folder for etcd's data, keys, certificates and kubeconfig files. */
  readonly directory: string;
  /** IPv4 address, not a loopback one, that the API server is reached at. */
  readonly address: string;
}

/** Port of the API server. */
export const API_PORT = 6443;
const ETCD = "http://127.0.0.1:2379";

/** Users that the API server knows by a fixed token: `token` file name to user and group. */
export const STATIC_USERS = {
  admin: { user: "admin", group: "system:masters" },
  "kube-controller-manager": { user: "system:kube-controller-manager", group: "system:authenticated" },
  "kube-proxy": { user: "system:kube-proxy", group: "system:authenticated" },
} as const;

/** A user with a fixed token. */
export type StaticUser = keyof typeof STATIC_USERS;

/** One member, in the loopback of its namespace; data need not survive a power cut. */
export function etcdFlags({ directory }: ControlPlanePlan): string[] {
  return [
    `--data-dir=${directory}/etcd`,
    `--listen-client-urls=${ETCD}`,
    `--advertise-client-urls=${ETCD}`,
    "--listen-peer-urls=http://127.0.0.1:2380",
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

/**
 * RBAC, real ServiceAccount tokens, a self-signed certificate for `address`. Two admission plugins are off, since what they
 * wait for is not run here: the node life-cycle controller, and the secrets that the kubelet mounts.
 */
export function apiServerFlags({ directory, address }: ControlPlanePlan): string[] {
  return [
    `--etcd-servers=${ETCD}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${API_PORT}`,
    `--cert-dir=${directory}/apiserver`,
    `--token-auth-file=${directory}/tokens.csv`,
    "--authorization-mode=RBAC",
    "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
    `--service-account-issuer=https://${address}:${API_PORT}`,
    `--service-account-key-file=${directory}/service-account.key`,
    `--service-account-signing-key-file=${directory}/service-account.key`,
    `--service-cluster-ip-range=${LAB.services.ipv4},${LAB.services.ipv6}`,
    "--endpoint-reconciler-type=none",
    "--allow-privileged=true",
    `--audit-policy-file=${directory}/audit-policy.json`,
    `--audit-log-path=${directory}/audit.log`,
  ];
}

/** Only the controllers that the tests need: slices, namespaces, ServiceAccounts, owner references. No cloud, no kubelet. */
export function controllerManagerFlags({ directory }: ControlPlanePlan): string[] {
  const controllers = ["endpointslice-controller", "namespace-controller", "serviceaccount-controller"].concat(
    "root-ca-certificate-publisher-controller",
    "garbage-collector-controller",
    "clusterrole-aggregation-controller",
  );
  return [
    `--kubeconfig=${directory}/kube-controller-manager.kubeconfig`,
    `--controllers=${controllers.join(",")}`,
    `--root-ca-file=${directory}/apiserver/apiserver.crt`,
    "--use-service-account-credentials=true", // each controller with its own role, as in a real cluster
    "--leader-elect=false",
    "--secure-port=0",
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
  ];
}

/** For the node called `node`, whose Node object must be there: kube-proxy asks it for the node's addresses. */
export function kubeProxyFlags({ directory }: ControlPlanePlan, node: string): string[] {
  return [
    `--kubeconfig=${directory}/kube-proxy.kubeconfig`,
    `--hostname-override=${node}`,
    "--proxy-mode=nftables",
    `--cluster-cidr=${LAB.pods.ipv4},${LAB.pods.ipv6}`,
    "--healthz-bind-address=127.0.0.1:10256",
    "--metrics-bind-address=127.0.0.1:10249",
    "--conntrack-max-per-core=0", // this limit belongs to the machine, not to the namespace
  ];
}
