import type { Endpoint, PortEndpoints, Protocol } from "@fairlead/model";
import { endpointRefusal } from "../forwarding/index.ts";

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
    return matching.flatMap(({ endpoints }) => endpoints).filter(({ address }) => !endpointRefusal(address));
  }

  /**
   * Nodes that can serve clients from their own endpoints: those with a ready one; if there is none at all, those with
   * one that is terminating but still serving. `everywhere` when some such endpoint runs on no node.
   */
  localNodes(): { readonly nodes: ReadonlySet<string>; readonly everywhere: boolean } {
    const all = this.#ports.flatMap(({ endpoints }) => endpoints);
    const usable = usableEndpoints(all);
    const nodes = new Set(usable.flatMap(({ nodeName }) => nodeName ?? []));
    return { nodes, everywhere: usable.some(({ nodeName }) => nodeName === undefined) };
  }
}

/** The ready endpoints; if there is none, those that are terminating but still serving (KEP-1669). */
export function usableEndpoints(endpoints: readonly Endpoint[]): Endpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  return ready.length > 0 ? ready : endpoints.filter(({ serving }) => serving);
}
