import type { Link } from "@fairlead/linux";
import { type Family, formatAddress, type IpAddress, prefixRange, rangeContains } from "@fairlead/net";

/** Why a node has no link to announce an address on, or had better not use it. */
export type LinkRefusal =
  | { readonly code: "HoldDown"; readonly address: string; readonly link: string }
  | { readonly code: "NoInterface"; readonly address: string; readonly interfaces: readonly string[] }
  | { readonly code: "LinkDown"; readonly address: string; readonly link: string };

/**
 * The link to announce an address on: the first with carrier whose subnet holds it, of the named ones only, if any are
 * named; failing that, the first of the named ones with carrier.
 *
 * @param interfaces - names of links; empty for all.
 */
export function chooseLink(
  address: IpAddress,
  interfaces: readonly string[],
  links: readonly Link[],
): { readonly link: Link } | { readonly refusal: LinkRefusal } {
  const usable = links.filter((link) => {
    return (
      canAnnounce(link) && speaks(address.family, link) && (interfaces.length === 0 || interfaces.includes(link.name))
    );
  });
  const holds = usable.filter(({ addresses }) =>
    addresses.some((prefix) => rangeContains(prefixRange(prefix), address)),
  );
  const eligible = holds.length > 0 || interfaces.length === 0 ? holds : usable;
  const link = eligible.find(({ up }) => up);
  if (link !== undefined) return { link };
  const [down] = eligible;
  const text = formatAddress(address);
  if (down !== undefined) return { refusal: { code: "LinkDown", address: text, link: down.name } };
  return { refusal: { code: "NoInterface", address: text, interfaces } };
}

// A link without any IPv6 address has IPv6 disabled: there is no NDP on it.
function speaks(family: Family, { addresses }: Link): boolean {
  return family === 4 || addresses.some(({ address }) => address.family === 6);
}

/** Whether a link is of a kind that addresses can be announced on: it does ARP or NDP, and its frames are its own. */
export function canAnnounce({ loopback, noArp, master }: Link): boolean {
  return !loopback && !noArp && master === undefined;
}
