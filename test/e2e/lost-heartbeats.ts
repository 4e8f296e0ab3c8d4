import type { Cluster, LabNode } from "@fairlead/testing";

const HEARTBEAT = 0x88b5;
const PORT = 7474;

/** Drops all that a node's speaker says to others and hears from them, and nothing else, as a firewall would. */
export async function cutHeartbeats({ lab }: Cluster, node: LabNode): Promise<void> {
  await lab.dropEtherType(HEARTBEAT);
  const chain = (hook: string) => `chain ${hook} { type filter hook ${hook} priority 0; udp dport ${PORT} drop; }`;
  await node.namespace.nft(`table inet cut {\n${chain("input")}\n${chain("output")}\n}\n`);
}

/** Undoes {@link cutHeartbeats}. */
export async function restoreHeartbeats({ lab }: Cluster, node: LabNode): Promise<void> {
  await lab.dropEtherType(undefined);
  await node.namespace.nft("add table inet cut\ndelete table inet cut\n");
}
