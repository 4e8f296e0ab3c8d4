import { FORWARDING_TABLE } from "@fairlead/forwarding";
import { isLinkTable, LINK_TABLE_FAMILIES, tableName } from "@fairlead/l2";
import { formatTable, type TableName } from "@fairlead/nftables";

/** The tables that speakers make, as nft names them; INDEX is that of a link. The user guide lists the same. */
export const SPEAKER_TABLES: readonly string[] = [
  formatTable(FORWARDING_TABLE),
  ...LINK_TABLE_FAMILIES.map((family) => formatTable({ family, name: tableName({ index: "INDEX" }) })),
];

/** A script that removes those of the tables which speakers have made; empty if there are none. */
export function removeLeftTables(tables: readonly TableName[]): string {
  const ours = tables
    .map((table) => ({ table, name: formatTable(table) }))
    .filter(({ table, name }) => {
      return name === formatTable(FORWARDING_TABLE) || isLinkTable(table);
    });
  return ours.map(({ name }) => `delete table ${name}\n`).join("");
}
