import { LAB } from "./lab-plan.ts";

/** Files and addresses that the programs of a control plane share. */
export interface ControlPlanePlan {
  /** Folder for etcd's data, keys, certificates and kubeconfig files. */
  readonly directory: string;
  /** IPv4 address, not a loopback one, that the API server is reached at. */
  readonly address: string;
  /**
   * Names of the nodes that have kubelets. With them the control plane is whole: scheduler, every controller, admission as
   * by default. Without, this process stands in for kubelets and scheduler.
   */
  readonly kubelets: readonly string[];
}

/** Port of the API server. */
export const API_PORT = 6443;
const ETCD = "http://127.0.0.1:2379";

/** Users that the API server knows by a fixed token: `token` file name to user and group. */
export const STATIC_USERS = {
  admin: { user: "admin", group: "system:masters" },
  "kube-controller-manager": { user: "system:kube-controller-manager", group: "system:authenticated" },
  "kube-proxy": { user: "system:kube-proxy", group: "system:authenticated" },
  "kube-scheduler": { user: "system:kube-scheduler", group: "system:authenticated" },
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
 * RBAC, real ServiceAccount tokens, a self-signed certificate for `address`. Without kubelets two admission plugins are off,
 * since what they wait for is not run then: the node life-cycle controller, and the secrets that the kubelet mounts.
 */
export function apiServerFlags({ directory, address, kubelets }: ControlPlanePlan): string[] {
  const withoutKubelets = [
    "--authorization-mode=RBAC",
    "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
    "--endpoint-reconciler-type=none",
    `--service-account-issuer=https://${address}:${API_PORT}`,
  ];
  const withKubelets = [
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--kubelet-preferred-address-types=InternalIP",
    // Some tests of Kubernetes' own suite expect this one.
    "--service-account-issuer=https://kubernetes.default.svc",
  ];
  return [
    `--etcd-servers=${ETCD}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${API_PORT}`,
    `--cert-dir=${directory}/apiserver`,
    `--token-auth-file=${directory}/tokens.csv`,
    ...(kubelets.length === 0 ? withoutKubelets : withKubelets),
    `--service-account-key-file=${directory}/service-account.key`,
    `--service-account-signing-key-file=${directory}/service-account.key`,
    `--service-cluster-ip-range=${LAB.services.ipv4},${LAB.services.ipv6}`,
    "--allow-privileged=true",
    `--audit-policy-file=${directory}/audit-policy.json`,
    `--audit-log-path=${directory}/audit.log`,
  ];
}

/** With kubelets, every controller; without, only those that the tests need, and none that waits for a kubelet. */
export function controllerManagerFlags({ directory, kubelets }: ControlPlanePlan): string[] {
  const controllers = ["endpointslice-controller", "namespace-controller", "serviceaccount-controller"].concat(
    "root-ca-certificate-publisher-controller",
    "garbage-collector-controller",
    "clusterrole-aggregation-controller",
  );
  const forKubelets = [
    `--service-account-private-key-file=${directory}/service-account.key`,
    "--allocate-node-cidrs=false", // the laboratory has fixed ones
  ];
  return [
    `--kubeconfig=${directory}/kube-controller-manager.kubeconfig`,
    ...(kubelets.length === 0 ? [`--controllers=${controllers.join(",")}`] : forKubelets),
    `--root-ca-file=${directory}/apiserver/apiserver.crt`,
    "--use-service-account-credentials=true", // each controller with its own role, as in a real cluster
    "--leader-elect=false",
    "--secure-port=0",
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
  ];
}

/** Where pods run; only with kubelets. */
export function schedulerFlags({ directory }: ControlPlanePlan): string[] {
  return [`--kubeconfig=${directory}/kube-scheduler.kubeconfig`, "--leader-elect=false", "--secure-port=0"];
}

/** How kube-proxy forwards. */
export type ProxyMode = "nftables" | "iptables";

/** For the node called `node`, whose Node object must be there: kube-proxy asks it for the node's addresses. */
export function kubeProxyFlags({ directory }: ControlPlanePlan, node: string, mode: ProxyMode): string[] {
  return [
    `--kubeconfig=${directory}/kube-proxy.kubeconfig`,
    `--hostname-override=${node}`,
    `--proxy-mode=${mode}`,
    `--cluster-cidr=${LAB.pods.ipv4},${LAB.pods.ipv6}`,
    "--nodeport-addresses=0.0.0.0/0,::/0", // every address of the node, of both families
    "--healthz-bind-address=127.0.0.1:10256",
    "--metrics-bind-address=127.0.0.1:10249",
    "--conntrack-max-per-core=0", // this limit belongs to the machine, not to the namespace
  ];
}
