import { getSystemErrorName } from "node:util";
import { decodeNetlink, encodeNetlink, type NetlinkMessage, NLMSG, readHostU32 } from "../packet/netlink.ts";
import { SystemCallError } from "../system-call-error.ts";
import { NETLINK, NetlinkSocket } from "./netlink-socket.ts";

/**
 * Sends one request to NETLINK_ROUTE and returns the messages of the answer.
 *
 * @param what - what we could not do, for the error: "set the proxy delay of eth0".
 * @throws SystemCallError with the name of the kernel's error.
 */
export function netlinkRequest(what: string, request: NetlinkMessage): NetlinkMessage[] {
  const socket = new NetlinkSocket(NETLINK.route);
  try {
    socket.send(encodeNetlink([request]));
    const messages: NetlinkMessage[] = [];
    for (let datagram = socket.receive(); datagram !== undefined; datagram = socket.receive()) {
      for (const message of decodeNetlink(datagram)) {
        if (message.type === NLMSG.done) return messages;
        if (message.type !== NLMSG.error) {
          messages.push(message);
          continue;
        }
        const error = readHostU32("netlink error", message.payload.subarray(0, 4)) | 0;
        if (error === 0) return messages;
        throw new SystemCallError(what, "netlink request", getSystemErrorName(error));
      }
    }
    throw new SystemCallError(what, "netlink request", "no end of the answer");
  } finally {
    socket.close();
  }
}
