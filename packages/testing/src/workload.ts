// A pod's program: answers HTTP and UDP on one port, IPv4 and IPv6, with one JSON line {"pod", "client"}.
// node packages/testing/src/workload.ts --port 8080 --name NAME
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { port: { type: "string" }, name: { type: "string" } } });
const port = Number(values.port);
const pod = values.name;
if (!Number.isInteger(port) || port < 1 || port > 65535 || pod === undefined) {
  console.error(
    `workload: Cannot start: --port 1..65535 and --name are needed, got: ${process.argv.slice(2).join(" ")}`,
  );
  process.exit(2);
}

/** What every request is answered with: who answers, and from where the request seemed to come. */
function answerTo(client: string | undefined): string {
  return `${JSON.stringify({ pod, client: client?.replace(/^::ffff:/, "") })}\n`;
}

const http = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(answerTo(request.socket.remoteAddress));
});
http.listen(port, "::");
const udp = createSocket({ type: "udp6" });
udp.on("message", (_message, from) => udp.send(answerTo(from.address), from.port, from.address));
udp.bind(port, "::");
await Promise.all([once(http, "listening"), once(udp, "listening")]);
console.log(JSON.stringify({ listening: port, pod }));
