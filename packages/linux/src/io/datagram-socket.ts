import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { formatAddress, tryParseAddress } from "@fairlead/net";
import type { OpenDatagrams } from "../ports.ts";
import { SystemCallError } from "../system-call-error.ts";

/** Opens a UDP socket for both families; for IPv4 alone on a node without IPv6. */
export const openDatagrams: OpenDatagrams = async (port, onDatagram) => {
  const { socket, type } = await open(port);
  let isOpen = true;
  socket.on("message", (octets, { address }) => {
    // A socket for both families has IPv4 addresses mapped (RFC 4291 §2.5.5.2), and link-local ones with the link's name.
    const from = tryParseAddress(address.replace(/^::ffff:/, "").replace(/%.*$/s, ""));
    if (isOpen && from !== undefined) onDatagram(octets, from);
  });
  // What cannot be delivered is lost: the port of a node whose speaker is gone is closed.
  socket.on("error", () => {});
  return {
    send(octets, to) {
      if (!isOpen || (type === "udp4" && to.family === 6)) return;
      const mapped = type === "udp6" && to.family === 4 ? "::ffff:" : "";
      socket.send(octets, port, `${mapped}${formatAddress(to)}`, () => {});
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      socket.close();
    },
  };
};

async function open(port: number): Promise<{ socket: Socket; type: "udp4" | "udp6" }> {
  const codes: string[] = [];
  for (const type of ["udp6", "udp4"] as const) {
    const socket = createSocket({ type });
    try {
      const ready = once(socket, "listening");
      socket.bind(port);
      await ready;
      return { socket, type };
    } catch (error) {
      codes.push((error as NodeJS.ErrnoException).code ?? String(error));
      socket.close();
      if (codes[0] !== "EAFNOSUPPORT" && codes[0] !== "EADDRNOTAVAIL") break;
    }
  }
  throw new SystemCallError(`open UDP port ${port}`, "bind", codes.at(-1) ?? "EINVAL");
}
