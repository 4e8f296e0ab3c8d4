import type { Lab } from "./lab.ts";
import { LAB, nodePlan, podNetworks } from "./lab-plan.ts";
import { Namespace } from "./netns.ts";

/** Lets whoever is on the LAN or reaches the API server know the way to the pods, as in a network that is laid out for them. */
export async function routeToPods(lab: Lab): Promise<void> {
  for (const { number } of lab.nodes) {
    const pods = podNetworks(number);
    const { lan, management } = nodePlan(number);
    for (const { namespace } of [lab.client, lab.router]) {
      await namespace.ip(`route add ${pods.ipv4} via ${lan.ipv4}`, `route add ${pods.ipv6} via ${lan.ipv6}`);
    }
    // The API server asks kubelets at the nodes' addresses on the LAN, and pods ask it.
    for (const namespace of [lab.control ?? Namespace.own(), Namespace.own()]) {
      await namespace.ip(`route add ${pods.ipv4} via ${management}`, `route add ${lan.ipv4}/32 via ${management}`);
    }
  }
}

/** nftables rules of a node that are as much of a kube-proxy as pods need to reach the API server. */
export function leadToApi(): string {
  const rule = `ip daddr ${LAB.services.ipv4.replace(/\.0\/.*$/, ".1")} tcp dport 443 dnat to ${LAB.control}:6443`;
  return `table ip lab-api {
  chain pre { type nat hook prerouting priority -100; ${rule}; }
  chain out { type nat hook output priority -100; ${rule}; }
}
`;
}
