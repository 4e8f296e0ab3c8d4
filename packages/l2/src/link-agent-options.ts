import type { Link } from "@fairlead/linux";
import type { IpAddress } from "@fairlead/net";
import type { AgentOptions } from "./agent-options.ts";
import type { Responder } from "./ports.ts";

/** What an agent of one link needs: what the agent of all links has for each, and what is this link's own. */
export interface LinkAgentOptions extends Omit<AgentOptions, "links" | "openDatagrams" | "makeResponder"> {
  readonly link: Link;
  /** Sends a datagram to another speaker's port; it may be lost without a word. */
  readonly sendDatagram: (octets: Uint8Array, to: IpAddress) => void;
  readonly responder: Responder;
}
