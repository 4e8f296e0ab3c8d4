import type { Link } from "@fairlead/linux";

/** What tables tell links apart by. */
export type LinkName = Pick<Link, "index" | "name">;

const TABLE_PREFIX = "fairlead-l2-";

/** Families of the tables that a link may have: that of the answers, and those of late frames. */
export const LINK_TABLE_FAMILIES = ["netdev", "ip", "ip6"] as const;

/** Name of the link's tables: there is one of each family for each link, and nobody else's. */
export function tableName(link: { readonly index: number | "INDEX" }): string {
  return `${TABLE_PREFIX}${link.index}`;
}

/** Whether a table is one of those that links have, be the link there or gone. */
export function isLinkTable({ family, name }: { readonly family: string; readonly name: string }): boolean {
  const index = name.startsWith(TABLE_PREFIX) ? name.slice(TABLE_PREFIX.length) : "";
  return /^\d+$/.test(index) && LINK_TABLE_FAMILIES.some((known) => known === family);
}
