import type { SetElements } from "../changes.ts";

/** The non-empty sets and maps of one table in what `nft list table` prints: name to elements. */
export function parseListing(listing: string): Map<string, SetElements> {
  const sets = new Map<string, SetElements>();
  for (const [, name, body] of listing.matchAll(/^\t(?:set|map) (\S+) \{\n([\s\S]*?)\n\t\}/gm)) {
    const list = /elements = \{([^}]*)\}/.exec(body ?? "")?.[1];
    if (name !== undefined && list !== undefined) sets.set(name, parseElements(list));
  }
  return sets;
}

function parseElements(list: string): SetElements {
  return new Map(
    list.split(",").map((text): [string, string | undefined] => {
      const [key = "", value] = text.trim().split(" : ");
      return [key, value];
    }),
  );
}
