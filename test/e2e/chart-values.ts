/** Values, and what comes of them in one object. */
export interface ValuesRow {
  readonly values: object;
  /** `KIND/NAME` of the object, or of one that must not be there. */
  readonly of: string;
  /** Path to what is looked at; the whole object unless told. */
  readonly at?: string;
  /** What is there; nothing at all, unless told. */
  readonly is?: unknown;
  /** What the list there has beside others. */
  readonly has?: string;
}

type Component = "controller" | "speaker";
const WORKLOADS = { controller: "Deployment/fairlead-controller", speaker: "DaemonSet/fairlead-speaker" };
const POD = "spec.template.spec";
/** Path to the options of a program. */
export const ARGS = `${POD}.containers.0.args`;
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

const both = (row: (component: Component, of: string) => ValuesRow): ValuesRow[] =>
  (["controller", "speaker"] as const).map((component) => row(component, WORKLOADS[component]));

/** Values of one component that are found in its workload as they are. */
const same = (name: string, at: string, is: unknown): ValuesRow[] =>
  both((component, of) => ({ values: { [component]: { [name]: is } }, of, at, is }));

const option = (component: Component, name: string, value: unknown, has: string): ValuesRow => ({
  values: { [component]: { [name]: value } },
  of: WORKLOADS[component],
  at: ARGS,
  has,
});
const commonOption = (values: object, has: string): ValuesRow[] => both((_, of) => ({ values, of, at: ARGS, has }));

const TOLERATIONS = [{ operator: "Exists" }];
const RESOURCES = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: 2, memory: "2Gi" } };
const AFFINITY = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: "edge", operator: "Exists" }] }],
    },
  },
};

/** Each value at least once, and of choices each. */
export const VALUES: readonly ValuesRow[] = [
  ...(
    [
      [{ repository: "registry.test:5000/fairlead" }, "registry.test:5000/fairlead:0.1.0"],
      [{ tag: "0.2.0" }, "fairlead:0.2.0"],
      [{ tag: "0.2.0", digest: DIGEST }, `fairlead@${DIGEST}`],
    ] as const
  ).flatMap(([image, is]) => both((_, of) => ({ values: { image }, of, at: `${POD}.containers.0.image`, is }))),
  ...["Always", "IfNotPresent", "Never"].flatMap((is) =>
    both((_, of) => ({ values: { image: { pullPolicy: is } }, of, at: `${POD}.containers.0.imagePullPolicy`, is })),
  ),
  ...both((_, of) => {
    const is = [{ name: "registry" }];
    return { values: { imagePullSecrets: is }, of, at: `${POD}.imagePullSecrets`, is };
  }),
  ...commonOption({ loadBalancerClass: "example.com/edge" }, "--load-balancer-class=example.com/edge"),
  ...commonOption({ unclassed: false }, "--no-unclassed"),
  ...["debug", "warn", "error", "silent"].flatMap((logLevel) => commonOption({ logLevel }, `--log-level=${logLevel}`)),
  ...commonOption({ logFormat: "pretty" }, "--log-format=pretty"),
  option("controller", "compat", "metallb", "--compat=metallb"),
  option("controller", "finalizer", true, "--finalizer"),
  option("controller", "metricsPort", 17472, "--metrics-port=17472"),
  option("controller", "extraArgs", ["--namespace=default"], "--namespace=default"),
  option("speaker", "forwarding", "nodePort", "--forwarding=nodePort"),
  option("speaker", "forwarding", "none", "--forwarding=none"),
  option("speaker", "responder", "kernel", "--responder=kernel"),
  option("speaker", "responder", "userspace", "--responder=userspace"),
  option("speaker", "detection", 10_000, "--detection=10000"),
  option("speaker", "heartbeatPort", 17474, "--heartbeat-port=17474"),
  option("speaker", "heartbeatPort", 0, "--heartbeat-port=0"),
  option("speaker", "metricsPort", 17473, "--metrics-port=17473"),
  option("speaker", "extraArgs", ["--log-level=warn"], "--log-level=warn"),
  ...same("metricsPort", `${POD}.containers.0.ports.0.containerPort`, 17475),
  {
    values: { speaker: { heartbeatPort: 17474 } },
    of: WORKLOADS.speaker,
    at: `${POD}.containers.0.ports.1.containerPort`,
    is: 17474,
  },
  { values: { speaker: { heartbeatPort: 0 } }, of: WORKLOADS.speaker, at: `${POD}.containers.0.ports.1` },
  {
    values: { speaker: { heartbeatKeySecret: "keys" } },
    of: WORKLOADS.speaker,
    at: `${POD}.volumes.0.secret.secretName`,
    is: "keys",
  },
  { values: { speaker: { heartbeatKeySecret: "" } }, of: WORKLOADS.speaker, at: `${POD}.volumes` },
  { values: { speaker: { heartbeatKeySecret: "" } }, of: WORKLOADS.speaker, at: `${POD}.containers.0.volumeMounts` },
  {
    values: { speaker: { heartbeatKeySecret: "" } },
    of: WORKLOADS.speaker,
    at: ARGS,
    is: ["--node-name=$(NODE_NAME)", "--log-format=json", "--metrics-port=7473"],
  },
  ...same("resources", `${POD}.containers.0.resources`, RESOURCES),
  ...same("priorityClassName", `${POD}.priorityClassName`, "edge"),
  ...both((component, of) => ({
    values: { [component]: { priorityClassName: "" } },
    of,
    at: `${POD}.priorityClassName`,
  })),
  ...same("nodeSelector", `${POD}.nodeSelector`, { "kubernetes.io/os": "linux", edge: "true" }),
  ...same("tolerations", `${POD}.tolerations`, TOLERATIONS),
  ...same("affinity", `${POD}.affinity`, AFFINITY),
  ...same("podAnnotations", "spec.template.metadata.annotations", { "example.com/scraped": "true" }),
  ...both((component, of) => ({
    values: { [component]: { podLabels: { team: "net" } } },
    of,
    at: "spec.template.metadata.labels.team",
    is: "net",
  })),
  ...both((component, of) => {
    const values = { [component]: { serviceAccount: { create: false, name: "mine" } } };
    return { values, of, at: `${POD}.serviceAccountName`, is: "mine" };
  }),
  { values: { controller: { serviceAccount: { create: false } } }, of: "ServiceAccount/fairlead-controller" },
  { values: { speaker: { serviceAccount: { create: false } } }, of: "ServiceAccount/fairlead-speaker" },
  {
    values: { speaker: { serviceAccount: { name: "mine" } } },
    of: "ServiceAccount/mine",
    at: "metadata.name",
    is: "mine",
  },
  {
    values: { speaker: { serviceAccount: { name: "mine" } } },
    of: "ClusterRoleBinding/fairlead-speaker",
    at: "subjects.0.name",
    is: "mine",
  },
  ...["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"].map((kind) => ({
    values: { rbac: { create: false } },
    of: `${kind}/fairlead-controller`,
  })),
  { values: { controller: { replicas: 1 } }, of: WORKLOADS.controller, at: "spec.replicas", is: 1 },
  {
    values: { controller: { podDisruptionBudget: { enabled: false } } },
    of: "PodDisruptionBudget/fairlead-controller",
  },
  {
    values: { controller: { podDisruptionBudget: { maxUnavailable: "50%" } } },
    of: "PodDisruptionBudget/fairlead-controller",
    at: "spec.maxUnavailable",
    is: "50%",
  },
  { values: {}, of: "NetworkPolicy/fairlead-controller" },
  {
    values: { controller: { networkPolicy: { enabled: true, apiServerPorts: [8443] } } },
    of: "NetworkPolicy/fairlead-controller",
    at: "spec.egress.0.ports",
    is: [{ port: 8443 }],
  },
  {
    values: { speaker: { updateStrategy: { maxUnavailable: "10%" } } },
    of: WORKLOADS.speaker,
    at: "spec.updateStrategy.rollingUpdate.maxUnavailable",
    is: "10%",
  },
  {
    values: { podMonitor: { enabled: true, interval: "5s", labels: { team: "net" } } },
    of: "PodMonitor/fairlead",
    at: "spec.podMetricsEndpoints",
    is: [{ port: "metrics", interval: "5s" }],
  },
  { values: { global: { anything: 1 } }, of: "PodMonitor/fairlead" },
];
