import { parseAddress } from "@fairlead/net";
import type { OpenNdpSocket } from "../ports.ts";
import { SystemCallError } from "../system-call-error.ts";
import { Memberships } from "./memberships.ts";
import { RawIcmpv6 } from "./raw-icmpv6.ts";

const NEIGHBOR_SOLICITATION = 135;

/** Opens a raw ICMPv6 socket that hears solicitations, and others for the groups. */
export const openNdpSocket: OpenNdpSocket = (link, onSolicitation) => {
  const groups = new Memberships(link, "group");
  let open = true;
  const socket = new RawIcmpv6(link, [NEIGHBOR_SOLICITATION], (message, source) => {
    // Link-local sources may come with the name of the link.
    if (open) onSolicitation(message, parseAddress(source.replace(/%.*$/s, "")));
  });
  return {
    join: (group) => groups.join(group),
    leave: (group) => groups.leave(group),
    send(message, destination) {
      try {
        socket.send(message, destination);
      } catch (error) {
        // No carrier, no route, no room: lost, as on a wire.
        if (!(error instanceof SystemCallError)) throw error;
      }
    },
    close() {
      open = false;
      groups.close();
      socket.close();
    },
  };
};
