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

/**
 * A string in nft's quotes: a link name, a comment, a log prefix.
 *
 * @throws RangeError for text that nft cannot hold in quotes: with a double quote or a line break in it.
 */
export function quote(text: string): string {
  if (/["\n\r\0]/.test(text)) {
    throw new RangeError(
      `Cannot quote for nftables: must have no double quote or line break, got ${JSON.stringify(text)}`,
    );
  }
  return `"${text}"`;
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
