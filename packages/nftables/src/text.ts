const TABLE_FAMILIES = ["inet", "ip", "ip6", "netdev", "bridge", "arp"] as const;

/** Address families of tables (nft(8)). */
export type TableFamily = (typeof TABLE_FAMILIES)[number];

/** A table's full name. */
export interface TableName {
  readonly family: TableFamily;
  readonly name: string;
}

/** "inet fairlead", as statements name a table. */
export function formatTable(table: TableName): string {
  return `${table.family} ${table.name}`;
}

/** Thrown for a link whose name no script can hold. */
export class UnsupportedLinkError extends Error {
  override readonly name = "UnsupportedLinkError";
}

/**
 * The name of a link as a script has it. There are no escapes in strings, and a trailing "*" is a wildcard.
 *
 * @throws UnsupportedLinkError for a name that cannot be written.
 */
export function quoteDevice(name: string): string {
  if (/^[\x21-\x7e]{1,15}$/.test(name) && !/["\\*]/.test(name)) return `"${name}"`;
  const got = JSON.stringify(name);
  throw new UnsupportedLinkError(
    `Cannot write nftables table: link name must be 1 to 15 printable characters without ", \\ and *, got ${got}`,
  );
}

/** Fields of a concatenation: "192.0.2.1 . tcp . 80". */
export function concat(...fields: readonly (string | number)[]): string {
  return fields.join(" . ");
}

/**
 * A statement that adds named parts to a table, and the table itself when it is absent. A chain that is there already
 * gets the rules a second time.
 *
 * @param parts - set, map and chain declarations, as {@link block} renders them.
 */
export function tableStatement(table: TableName, parts: readonly string[]): string {
  return block(`table ${formatTable(table)}`, parts);
}

/** "HEAD {", the indented lines, "}". Lines may be blocks themselves. */
export function block(head: string, lines: readonly string[]): string {
  const inner = lines.map((line) => line.replace(/^(?=.)/gm, "\t"));
  // nft 1.0.6 wants a line break before the closing brace, also in an empty block.
  return [`${head} {`, ...inner, "}"].join("\n");
}

/** Statements that remove a table, present or not: `destroy` needs a newer nft. */
export function removeTableStatements(table: TableName): string {
  return `table ${formatTable(table)}\ndelete table ${formatTable(table)}`;
}

/** The tables that `nft list tables` has printed; those of families that nobody here knows are left out. */
export function parseTables(text: string): TableName[] {
  return [...text.matchAll(/^table (\S+) (\S+)$/gm)].flatMap(([, word, name = ""]) => {
    const family = TABLE_FAMILIES.find((known) => known === word);
    return family === undefined ? [] : [{ family, name }];
  });
}
