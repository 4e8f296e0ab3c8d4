import { decodeProxyDelay, proxyDelayDumpRequest, setProxyDelay } from "../packet/neighbor-table.ts";
import type { Link } from "../ports.ts";
import { netlinkRequest } from "./netlink-request.ts";

/** Has the kernel answer at once for addresses that others on the link answer for too. @throws SystemCallError */
export function clearProxyDelay(link: Link): void {
  netlinkRequest(`clear the proxy delay of ${link.name}`, setProxyDelay({ index: link.index, millis: 0 }, 1));
}

/**
 * Gives a link whose delay was cleared the one that new links begin with. One that has another delay, is gone, or has no IPv6,
 * is left alone.
 *
 * @throws SystemCallError
 */
export function restoreProxyDelay(link: Link): void {
  const what = `restore the proxy delay of ${link.name}`;
  const delays = netlinkRequest(what, proxyDelayDumpRequest(1)).flatMap((message) => decodeProxyDelay(message) ?? []);
  const ordinary = delays.find(({ index }) => index === undefined);
  const own = delays.find(({ index }) => index === link.index);
  if (ordinary === undefined || own?.millis !== 0) return;
  netlinkRequest(what, setProxyDelay({ ...own, millis: ordinary.millis }, 2));
}
