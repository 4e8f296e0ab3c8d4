export { type Changes, changeStatements, type Element, type SetElements } from "./changes.ts";
export { NftError } from "./errors.ts";
export { ElementLedger } from "./ledger.ts";
export type { Gate, Nft, TimedElement } from "./ports.ts";
export {
  block,
  concat,
  formatTable,
  parseTables,
  quoteDevice,
  removeTableStatements,
  type TableName,
  tableStatement,
  UnsupportedLinkError,
} from "./text.ts";
