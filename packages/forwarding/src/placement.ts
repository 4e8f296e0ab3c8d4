import type { Family, IpAddress } from "@fairlead/net";
import type { ForwardedPort, ForwardingTable } from "./table.ts";

/** A port, and how this node serves it. */
export interface PlacedPort {
  readonly port: ForwardedPort;
  readonly mode: "direct" | "nodePort";
}

/**
 * How each port is served, by VIP, protocol and port, in the table's order; nothing in mode `none`. In mode `nodePort`
 * these are served as in `direct`:
 *
 * - ports without a NodePort, and ports of a family of which the node has no address;
 * - ports without any endpoint, so that clients are refused at once: kube-proxy's refusal would not reach them;
 * - the second VIP of one NodePort and family: replies from a NodePort can bear one address only.
 */
export function placePorts(table: ForwardingTable): ReadonlyMap<string, PlacedPort> {
  const placed = new Map<string, PlacedPort>();
  if (table.mode === "none") return placed;
  const families = new Set(table.mode === "nodePort" ? table.nodeAddresses.map(({ family }) => family) : []);
  const taken = new Set<string>();
  for (const port of table.ports) {
    const key = portKey(port);
    if (placed.has(key)) continue;
    placed.set(key, { port, mode: takesNodePort(port, families, taken) ? "nodePort" : "direct" });
  }
  return placed;
}

/** Whether two placements have the same effect, now and when endpoints go. */
export function samePlacement(a: PlacedPort, b: PlacedPort): boolean {
  return a.mode === b.mode && (a.port === b.port || samePort(a.port, b.port));
}

// Formatting thousands of addresses at each change would cost more than the change.
function portKey({ vip, protocol, port }: ForwardedPort): string {
  return `${vip.family} ${vip.value} ${protocol} ${port}`;
}

function takesNodePort(port: ForwardedPort, families: ReadonlySet<Family>, taken: Set<string>): boolean {
  if (port.nodePort === undefined || port.endpoints.length === 0 || !families.has(port.vip.family)) return false;
  const claim = `${port.vip.family} ${port.protocol} ${port.nodePort}`;
  if (taken.has(claim)) return false;
  taken.add(claim);
  return true;
}

function samePort(a: ForwardedPort, b: ForwardedPort): boolean {
  return (
    sameAddress(a.vip, b.vip) &&
    a.protocol === b.protocol &&
    a.port === b.port &&
    a.nodePort === b.nodePort &&
    a.policy === b.policy &&
    a.affinity === b.affinity &&
    sameList(a.endpoints, b.endpoints, (x, y) => {
      return x.port === y.port && x.local === y.local && sameAddress(x.address, y.address);
    }) &&
    sameList(
      a.terminating ?? [],
      b.terminating ?? [],
      (x, y) => x.port === y.port && sameAddress(x.address, y.address),
    ) &&
    sameList(a.sourceRanges, b.sourceRanges, (x, y) => {
      return x.family === y.family && x.first === y.first && x.last === y.last;
    })
  );
}

function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.family === b.family && a.value === b.value;
}

function sameList<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((x, i) => b[i] !== undefined && same(x, b[i] as T));
}
