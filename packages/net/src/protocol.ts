/** Transport protocols that a Service may have ports of. */
export type Protocol = "TCP" | "UDP" | "SCTP";
