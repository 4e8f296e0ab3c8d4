import { type IpAddress, LINK_LOCAL, LOOPBACK, parseRange, rangeContains } from "@fairlead/net";

/** Where Kubernetes allows no endpoint to lie: unspecified, loopback, link-local and link-local multicast addresses. */
export const FORBIDDEN_ENDPOINTS = [
  parseRange("0.0.0.0/32"),
  parseRange("::/128"),
  LOOPBACK[4],
  LOOPBACK[6],
  LINK_LOCAL[4],
  LINK_LOCAL[6],
  parseRange("224.0.0.0/24"),
  parseRange("ff02::/16"),
] as const;

/** Whether traffic may be forwarded to an address. The API server takes no other endpoint; a folder of manifests may have one. */
export function isAllowedEndpoint(address: IpAddress): boolean {
  return !FORBIDDEN_ENDPOINTS.some((range) => rangeContains(range, address));
}
