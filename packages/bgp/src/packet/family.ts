import type { Family } from "@fairlead/net";

/** What kind of routes: Address Family Identifier and Subsequent Address Family Identifier (RFC 4760 §5), any of them. */
export interface AfiSafi {
  /** 1 for IPv4, 2 for IPv6; 16 bits. */
  readonly afi: number;
  /** 1 for unicast; 8 bits. */
  readonly safi: number;
}

/** Unicast routes, by the family of their prefixes. */
export const UNICAST: Readonly<Record<Family, AfiSafi>> = { 4: { afi: 1, safi: 1 }, 6: { afi: 2, safi: 1 } };

/** The family of the prefixes if these are the unicast routes that Fairlead announces; undefined for any other routes. */
export function unicastFamily({ afi, safi }: AfiSafi): Family | undefined {
  if (safi !== 1) return undefined;
  return afi === 1 ? 4 : afi === 2 ? 6 : undefined;
}
