/** An IPv4 and an IPv6 address of the same host or link, without prefix length. */
export interface DualAddress {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** The networks of the laboratory. Everything in it has its address from here. */
export const LAB = {
  lan: { ipv4: "192.168.50.0/24", ipv6: "fd50::/64" },
  management: { ipv4: "10.0.0.0/24" },
  outside: { ipv4: "203.0.113.0/24", ipv6: "2001:db8:113::/64" },
  pods: { ipv4: "10.244.0.0/16", ipv6: "fd44::/48" },
  services: { ipv4: "10.96.0.0/16", ipv6: "fd96::/108" },
  router: { lan: onLan(1), outside: outside(1) },
  client: onLan(100),
  remote: outside(10),
  control: "10.0.0.1",
  /** This process's own address on the management network. */
  operator: "10.0.0.254",
  /** The remote client's, where it is to reach the API server. */
  remoteManagement: "10.0.0.253",
} as const;

/** Addresses of node `number` (1, 2, 3): n1 is .11 on the LAN and on the management network. */
export function nodePlan(number: number): { lan: DualAddress; management: string; podGateway: DualAddress } {
  return { lan: onLan(10 + number), management: `10.0.0.${10 + number}`, podGateway: podAddress(number, 1) };
}

/** Address `host` (1 to 254; 1 is the node's own) in the pod network of node `number`. */
export function podAddress(number: number, host: number): DualAddress {
  return { ipv4: `10.244.${number}.${host}`, ipv6: `fd44:0:0:${number}::${host}` };
}

/** The pod networks of node `number`, as in its Node object's podCIDRs. */
export function podNetworks(number: number): DualAddress {
  return { ipv4: `10.244.${number}.0/24`, ipv6: `fd44:0:0:${number}::/64` };
}

/** The locally administered MAC of the link with this IPv4 address: 02:00 and the four octets. */
export function macOf(ipv4: string): string {
  const octets = ipv4.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return `02:00:${octets.join(":")}`;
}

function onLan(host: number): DualAddress {
  return { ipv4: `192.168.50.${host}`, ipv6: `fd50::${host}` };
}

function outside(host: number): DualAddress {
  return { ipv4: `203.0.113.${host}`, ipv6: `2001:db8:113::${host}` };
}
