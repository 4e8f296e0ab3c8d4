import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LabNode } from "./lab-hosts.ts";
import { podNetworks } from "./lab-plan.ts";
import { kubeletCgroup } from "./node-cgroups.ts";

/** What a node with a kubelet is made from. */
export interface KubeletPlan {
  readonly node: LabNode;
  /** Folder for all that the node keeps; it stays when the node is switched off. */
  readonly directory: string;
  /** Folder for the logs of containerd and kubelet; the node must see it, so it must not be below /run. */
  readonly logs: string;
  /** Path of the kubelet's kubeconfig. */
  readonly kubeconfig: string;
  /** Path of the program. */
  readonly kubelet: string;
  /** Docker archives with the images that pods on it use. */
  readonly images: readonly string[];
  /** Whether the node has an InternalIP of both families, and not of IPv4 alone. */
  readonly dualStack: boolean;
}

/** Name of the image that holds a pod's namespaces. */
export const PAUSE_IMAGE = "registry.k8s.io/pause:3.10.2";

const KEPT = ["kubelet", "containerd", "cni", "log-pods", "log-containers", "net.d", "sysctls"];

/** Settings of the whole machine that a kubelet makes: it finds them made, and writes nothing. */
const MACHINE_SYSCTLS = {
  "vm/overcommit_memory": 1,
  "vm/panic_on_oom": 0,
  "kernel/panic": 10,
  "kernel/panic_on_oops": 1,
  "kernel/keys/root_maxkeys": 1_000_000,
  "kernel/keys/root_maxbytes": 25_000_000,
} as const;

/** Writes the node's configuration and scripts, and returns the path of the script that is its process 1. */
export async function writeKubeletFiles(plan: KubeletPlan): Promise<string> {
  const { directory, node } = plan;
  for (const folder of KEPT) await mkdir(join(directory, folder), { recursive: true });
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  await write("net.d/10-bridge.conflist", JSON.stringify(podNetworkConfiguration(node), null, 2));
  await write("containerd.toml", containerdConfiguration());
  await write("kubelet.yaml", JSON.stringify(kubeletConfiguration(node.name), null, 2));
  for (const [path, value] of Object.entries(MACHINE_SYSCTLS)) {
    await write(join("sysctls", path.replaceAll("/", ".")), `${value}\n`);
  }
  await write("start-kubelet", startKubelet(plan));
  await write("init", init(plan));
  await Promise.all(["start-kubelet", "init"].map((name) => chmod(join(directory, name), 0o755)));
  return join(directory, "init");
}

// Pods hang on a bridge of their node; the laboratory has routes between nodes.
function podNetworkConfiguration(node: LabNode): object {
  const { ipv4, ipv6 } = podNetworks(node.number);
  const ranges = [[{ subnet: ipv4 }], [{ subnet: ipv6 }]];
  const bridge = { type: "bridge", bridge: "cni0", isDefaultGateway: true, hairpinMode: true, ipMasq: false };
  return {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      { ...bridge, ipam: { type: "host-local", dataDir: "/var/lib/cni", ranges } },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

function containerdConfiguration(): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[${cri}]
  sandbox_image = "${PAUSE_IMAGE}"
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE nobody may lower it.
  restrict_oom_score_adj = true
  [${cri}.containerd]
    snapshotter = "overlayfs"
    [${cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [${cri}.containerd.runtimes.runc.options]
        SystemdCgroup = false
  [${cri}.cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
`;
}

function kubeletConfiguration(node: string): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    failCgroupV1: false,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${kubeletCgroup(node)}`,
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    failSwapOn: false,
    clusterDNS: ["10.96.0.10"],
    clusterDomain: "cluster.local",
    resolvConf: "/etc/resolv.conf",
    evictionHard: { "nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "200Mi" },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    serializeImagePulls: false,
    maxPods: 60,
  };
}

function startKubelet({ node, directory, logs, kubeconfig, kubelet, dualStack }: KubeletPlan): string {
  const { ipv4, ipv6 } = node.address;
  const flags = [
    `--config=${directory}/kubelet.yaml`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${node.name}`,
    "--root-dir=/var/lib/kubelet",
    `--node-ip=${ipv4}${dualStack ? `,${ipv6}` : ""}`,
    "--v=1",
  ];
  return `#!/bin/sh
setsid ${kubelet} ${flags.join(" ")} >>${logs}/kubelet-${node.name}.log 2>&1 </dev/null &
echo $! >/run/kubelet.pid
`;
}

// Process 1 of the node: it holds the namespaces, and whatever is in the node ends with it.
function init({ node, directory, logs, images }: KubeletPlan): string {
  const binds = {
    kubelet: "/var/lib/kubelet",
    containerd: "/var/lib/containerd",
    cni: "/var/lib/cni",
    "log-pods": "/var/log/pods",
    "log-containers": "/var/log/containers",
    "net.d": "/etc/cni/net.d",
  };
  const sysctls = Object.keys(MACHINE_SYSCTLS).map((path) => {
    const ours = `${directory}/sysctls/${path.replaceAll("/", ".")}`;
    return `[ ! -e /proc/sys/${path} ] || mount --bind ${ours} /proc/sys/${path}`;
  });
  return `#!/bin/bash
set -e
mount --make-rprivate /
hostname ${node.name}
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /run/containerd ${Object.values(binds).join(" ")}
${Object.entries(binds)
  .map(([ours, path]) => `mount --bind ${directory}/${ours} ${path}`)
  .join("\n")}
${sysctls.join("\n")}
mount --make-rshared /
setsid containerd --config ${directory}/containerd.toml >>${logs}/containerd-${node.name}.log 2>&1 </dev/null &
for _ in $(seq 300); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done
for image in ${images.join(" ")}; do
  imported=${directory}/imported-$(basename "$image")
  [ "$imported" -nt "$image" ] && continue
  ctr -n k8s.io images import "$image" >/dev/null
  touch "$imported"
done
${directory}/start-kubelet
echo "node ${node.name} has started"
trap : CHLD
while :; do sleep 3600 & wait $!; done # reaps what the runtime leaves behind
`;
}
