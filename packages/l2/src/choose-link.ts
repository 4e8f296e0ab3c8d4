import type { Link } from "@fairlead/linux";
import {
  type Family,
  formatAddress,
  type IpAddress,
  type LinkSelector,
  type Mac,
  prefixRange,
  rangeContains,
} from "@fairlead/net";
import { allowsLink } from "./ownership/candidates.ts";
import type { Candidacy } from "./ownership/state.ts";

/** Why a node has no link to announce an address on, or had better not use it. */
export type LinkRefusal =
  | { readonly code: "AddressInUse"; readonly address: string; readonly link: string; readonly mac: Mac }
  | { readonly code: "HoldDown"; readonly address: string; readonly link: string }
  | { readonly code: "NoInterface"; readonly address: string; readonly selectors: readonly LinkSelector[] }
  | { readonly code: "LinkDown"; readonly address: string; readonly link: string };

/**
 * The link to announce an address on: of those that are allowed, the first with carrier whose subnet holds it; if none of
 * their subnets does, the first with carrier.
 *
 * @param selectors - of each list, one must select the link.
 */
export function chooseLink(
  address: IpAddress,
  selectors: Candidacy["links"],
  links: readonly Link[],
): { readonly link: Link } | { readonly refusal: LinkRefusal } {
  const able = links.filter((link) => canAnnounce(link) && speaks(address.family, link));
  const allowedBy = (lists: Candidacy["links"]) => {
    return able.filter(({ name, addresses }) => allowsLink(lists, { name, prefixes: addresses }, address));
  };
  const usable = allowedBy(selectors);
  const holds = usable.filter(({ addresses }) =>
    addresses.some((prefix) => rangeContains(prefixRange(prefix), address)),
  );
  const eligible = holds.length > 0 ? holds : usable;
  const link = eligible.find(({ up }) => up);
  if (link !== undefined) return { link };
  const [down] = eligible;
  const text = formatAddress(address);
  if (down !== undefined) return { refusal: { code: "LinkDown", address: text, link: down.name } };
  const unmet = selectors.find((list) => allowedBy([list]).length === 0);
  return { refusal: { code: "NoInterface", address: text, selectors: unmet ?? selectors.flat() } };
}

// A link without any IPv6 address has IPv6 disabled: there is no NDP on it.
function speaks(family: Family, { addresses }: Link): boolean {
  return family === 4 || addresses.some(({ address }) => address.family === 6);
}

/** Whether a link is of a kind that addresses can be announced on: it does ARP or NDP, and its frames are its own. */
export function canAnnounce({ loopback, noArp, master }: Link): boolean {
  return !loopback && !noArp && master === undefined;
}
