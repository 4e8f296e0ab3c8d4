export { type Changes, changeStatements, type Element, type SetElements } from "./changes.ts";
export { NftError } from "./errors.ts";
export { ElementLedger } from "./ledger.ts";
export type { Nft } from "./ports.ts";
export {
  block,
  concat,
  formatTable,
  parseTables,
  removeTableStatements,
  type TableName,
  tableStatement,
} from "./text.ts";
