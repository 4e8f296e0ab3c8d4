import { isAllowedEndpoint } from "@fairlead/forwarding";
import type { Endpoint, PortEndpoints } from "@fairlead/model";
import type { Family, Protocol } from "@fairlead/net";

const NOBODY: ReadonlySet<string> = new Set();

/** All endpoints of one Service, by port. */
export class ServiceEndpoints {
  readonly #ports: readonly PortEndpoints[];

  constructor(ports: readonly PortEndpoints[]) {
    this.#ports = ports;
  }

  /**
   * The endpoints of one port that may be forwarded to: addresses that Kubernetes forbids are left out.
   *
   * @param name - the port's name in the Service; empty if it has none.
   */
  of(name: string, protocol: Protocol): Endpoint[] {
    const matching = this.#ports.filter((port) => port.portName === name && port.protocol === protocol);
    return allowed(matching);
  }

  /**
   * Nodes that can serve clients of an address of `family` from their own endpoints (Y-23 of test/reference): those with a ready
   * one; if there is none at all, those with one that is terminating but still serving. `everywhere` when some such
   * endpoint runs on no node.
   */
  localNodes(family: Family): { readonly nodes: ReadonlySet<string>; readonly everywhere: boolean } {
    const usable = usableEndpoints(allowed(this.#ports).filter(({ address }) => address.family === family));
    const nodes = new Set(usable.flatMap(({ nodeName }) => nodeName ?? []));
    return { nodes, everywhere: usable.some(({ nodeName }) => nodeName === undefined) };
  }
}

/**
 * The ready endpoints; if there is none, those that are terminating but still serving (KEP-1669).
 *
 * @param lost - nodes whose endpoints count only if there are no others: the last ones are kept.
 */
export function usableEndpoints(endpoints: readonly Endpoint[], lost: ReadonlySet<string> = NOBODY): Endpoint[] {
  const there =
    lost.size === 0 ? [] : endpoints.filter(({ nodeName }) => nodeName === undefined || !lost.has(nodeName));
  const found = readyOrServing(there);
  return found.length > 0 ? found : readyOrServing(endpoints);
}

function readyOrServing(endpoints: readonly Endpoint[]): Endpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  return ready.length > 0 ? ready : endpoints.filter(({ serving }) => serving);
}

function allowed(ports: readonly PortEndpoints[]): Endpoint[] {
  return ports.flatMap(({ endpoints }) => endpoints).filter(({ address }) => isAllowedEndpoint(address));
}
