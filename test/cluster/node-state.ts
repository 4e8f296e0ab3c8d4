import type { KubeletCluster } from "@fairlead/testing";

/** What could stay behind on a node: names of nftables tables, addresses, routes and neighbours, settings of the network. */
export interface NodeState {
  readonly tables: readonly string[];
  readonly network: readonly string[];
  readonly settings: readonly string[];
}

/** The node's own links: those of pods come and go. */
const LINKS = ["lo", "eth0", "eth1"];

/** What a node has now that is not kube-proxy's or a pod's. */
export async function nodeState(cluster: KubeletCluster, name: string): Promise<NodeState> {
  const { namespace } = cluster.lab.node(name);
  const lines = async (command: string, ...args: string[]) =>
    (await namespace.run(command, ...args)).stdout.split("\n").filter((line) => line !== "");
  const network = await Promise.all(
    LINKS.flatMap((link) => [
      lines("ip", "-o", "address", "show", "dev", link),
      lines("ip", "-4", "route", "show", "table", "all", "dev", link),
      lines("ip", "-6", "route", "show", "table", "all", "dev", link),
      lines("ip", "neighbor", "show", "proxy", "dev", link),
    ]),
  );
  const settings = await lines(
    "sysctl",
    "-a",
    "--pattern",
    `^net\\.ipv[46]\\.(conf|neigh)\\.(all|default|${LINKS.join("|")})\\.`,
  );
  return {
    tables: (await lines("nft", "list", "tables")).filter((table) => !table.includes("kube-proxy")).sort(),
    // Lifetimes count down, and anycast routes of the subnet come with forwarding.
    network: network
      .flat()
      .map((line) => line.replaceAll(/(valid_lft|preferred_lft|expires) \S+/g, ""))
      .sort(),
    settings,
  };
}
