import { type IpAddress, LINK_LOCAL, LOOPBACK, parseRange, rangeContains } from "@fairlead/net";

/** Why an endpoint is not forwarded to: Kubernetes allows no custom endpoints in these ranges. */
export type EndpointRefusal =
  | "EndpointNotAllowedUnspecified"
  | "EndpointNotAllowedLoopback"
  | "EndpointNotAllowedLinkLocal"
  | "EndpointNotAllowedLinkLocalMulticast";

/** The ranges that endpoints must not lie in, in both families. */
export const REFUSED_ENDPOINT_RANGES = [
  { range: parseRange("0.0.0.0/32"), refusal: "EndpointNotAllowedUnspecified" },
  { range: parseRange("::/128"), refusal: "EndpointNotAllowedUnspecified" },
  { range: LOOPBACK[4], refusal: "EndpointNotAllowedLoopback" },
  { range: LOOPBACK[6], refusal: "EndpointNotAllowedLoopback" },
  { range: LINK_LOCAL[4], refusal: "EndpointNotAllowedLinkLocal" },
  { range: LINK_LOCAL[6], refusal: "EndpointNotAllowedLinkLocal" },
  { range: parseRange("224.0.0.0/24"), refusal: "EndpointNotAllowedLinkLocalMulticast" },
  { range: parseRange("ff02::/16"), refusal: "EndpointNotAllowedLinkLocalMulticast" },
] as const;

/** Why traffic must not be forwarded to this address, or undefined if it may. */
export function endpointRefusal(address: IpAddress): EndpointRefusal | undefined {
  return REFUSED_ENDPOINT_RANGES.find(({ range }) => rangeContains(range, address))?.refusal;
}
