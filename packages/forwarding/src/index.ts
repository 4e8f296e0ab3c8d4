export { isAllowedEndpoint } from "./allowed-endpoint.ts";
export { LoadedTable } from "./diff.ts";
export { Forwarding } from "./forwarding.ts";
export { placePorts } from "./placement.ts";
export type { ForwardedEndpoint, ForwardedPort, ForwardingMode, ForwardingTable } from "./table.ts";
export { FORWARDING_TABLE } from "./terms.ts";
