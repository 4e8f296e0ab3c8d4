import { addressOctets, type IpAddress } from "@fairlead/net";

const AF_INET = 2;
const AF_INET6 = 10;

/**
 * An address and port as the kernel takes them: struct sockaddr_in (ip(7), 16 octets) or sockaddr_in6 (ipv6(7), 28).
 *
 * @param scope - index of the link that a link-local address is on; 0 for any other.
 */
export function encodeSocketAddress(address: IpAddress, port: number, scope = 0): Uint8Array {
  const octets = new Uint8Array(address.family === 4 ? 16 : 28);
  const view = new DataView(octets.buffer);
  view.setUint16(0, address.family === 4 ? AF_INET : AF_INET6, true);
  view.setUint16(2, port);
  octets.set(addressOctets(address), address.family === 4 ? 4 : 8);
  if (address.family === 6) view.setUint32(24, scope, true);
  return octets;
}
