// Sends one datagram and prints the answer: node packages/testing/src/ask-udp.ts ADDRESS PORT TIMEOUT_MILLIS
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";

const [address = "", port = "", timeoutMillis = ""] = process.argv.slice(2);
const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
const deadline = setTimeout(() => {
  console.error(`Cannot ask ${address} port ${port} over UDP: no answer within ${timeoutMillis} ms`);
  process.exit(1);
}, Number(timeoutMillis));
socket.on("error", (error) => {
  console.error(`Cannot ask ${address} port ${port} over UDP: ${error.message}`);
  process.exit(1);
});
socket.on("message", (message) => {
  process.stdout.write(message);
  clearTimeout(deadline);
  socket.close();
});
socket.connect(Number(port), address, () => socket.send("?"));
