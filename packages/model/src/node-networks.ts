import type { IpAddress, Prefix } from "@fairlead/net";

/** What a speaker sees of the networks that its node is connected to. */
export interface NodeNetworks {
  /** Name of the Node. */
  readonly name: string;
  /** The node's addresses on its links, each with the subnet it is in. */
  readonly subnets: readonly Prefix[];
  /** The routers that it uses. */
  readonly gateways: readonly IpAddress[];
  /** The MAC addresses of its links. */
  readonly macs: readonly string[];
  /** Who has an address on its links that Fairlead has given to a Service. */
  readonly strangers: readonly SeenStranger[];
  /** The addresses of Services that it answers for, alone or for a part of the clients, in canonical text. */
  readonly answers: ReadonlySet<string>;
}

/** Another host that uses an address that a speaker was to answer for. */
export interface SeenStranger {
  readonly address: IpAddress;
  readonly mac: string;
  /** Name of the link that it was seen on. */
  readonly link: string;
  /** Whether the address was not announced before. */
  readonly isNew: boolean;
}
