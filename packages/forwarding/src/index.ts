export { LoadedTable } from "./diff.ts";
export { Forwarding } from "./forwarding.ts";
export { placePorts } from "./placement.ts";
export { isAllowedEndpoint } from "./allowed-endpoint.ts";
export type { ForwardedEndpoint, ForwardedPort, ForwardingMode, ForwardingTable } from "./table.ts";
export { FORWARDING_TABLE } from "./terms.ts";
