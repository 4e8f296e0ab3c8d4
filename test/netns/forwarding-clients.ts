import { type Namespace, until } from "@fairlead/testing";

const PING = `
const raw = require("raw-socket");
const host = process.argv[1];
const v6 = host.includes(":");
const socket = raw.createSocket({
  addressFamily: v6 ? raw.AddressFamily.IPv6 : raw.AddressFamily.IPv4,
  protocol: v6 ? raw.Protocol.ICMPv6 : raw.Protocol.ICMP,
});
socket.on("message", (packet, source) => {
  if (source === host && packet[v6 ? 0 : 20] === (v6 ? 129 : 0)) process.exit(0);
});
setTimeout(() => process.exit(1), 1000);
const request = Buffer.from([v6 ? 128 : 8, 0, 0, 0, 0x12, 0x34, 0, 1]);
if (!v6) raw.writeChecksum(request, 2, raw.createChecksum(request));
socket.send(request, 0, request.length, host, (error) => { if (error) throw error; });`;

/** One echo request. @throws Error without a reply from that address within a second. */
export async function ping(from: Namespace, address: string): Promise<void> {
  await from.run(process.execPath, "-e", PING, address);
}

/** A client with one socket: each line on its stdin is a request, each on its stdout an answer. */
export interface KeptClient {
  ask(): Promise<string>;
  stop(): void;
}

/** Program of a {@link KeptClient} that keeps one TCP connection for all its requests. */
export const KEPT_TCP = `
const [host, localPort = 0] = process.argv.slice(1);
const agent = new (require("node:http").Agent)({ keepAlive: true, maxSockets: 1 });
process.stdin.on("data", () => require("node:http").get({ agent, host, localPort: Number(localPort) }, (response) => {
  response.setEncoding("utf8").on("data", (text) => process.stdout.write(response.req.reusedSocket + " " + text));
}));`;

/** Program of a {@link KeptClient} that sends from one UDP port. */
export const KEPT_UDP = `
const host = process.argv[1];
const socket = require("node:dgram").createSocket(host.includes(":") ? "udp6" : "udp4");
socket.on("message", (text) => process.stdout.write(text));
process.stdin.on("data", () => socket.send("x", 80, host));`;

/** Starts a {@link KeptClient} of port 80 of the VIP; one of TCP may be told which port to use itself. */
export function startKept(from: Namespace, script: string, vip: string, ...localPort: readonly string[]): KeptClient {
  const child = from.start(process.execPath, ["-e", script, vip, ...localPort], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return {
    async ask() {
      const start = output.length;
      child.stdin?.write("\n");
      return until("the kept socket is answered", () => output.indexOf("\n", start) >= 0 && output.slice(start));
    },
    stop() {
      child.kill("SIGKILL");
      child.stdin?.destroy();
    },
  };
}
