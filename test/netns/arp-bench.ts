import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { GateElement, Responder } from "@fairlead/l2";
import type { ResponderBench } from "@fairlead/l2/testing";
import { type Link, watchLinks } from "@fairlead/linux";
import { BROADCAST_MAC, formatAddress, type Mac } from "@fairlead/net";
import { NetlinkGate } from "@fairlead/nftables";
import { Namespace } from "@fairlead/testing";

const execute = promisify(execFile);

/** Ethernet address of the client's end. */
export const CLIENT_MAC: Mac = "02:00:5e:00:53:02";

/** How long the responders under test may go without a refresh, in milliseconds. */
export const TIMEOUT_MILLIS = 1_000;

let counter = 0;

/** A link of this process's namespace whose other end is in a client's namespace. */
export interface ClientLink {
  readonly client: Namespace;
  readonly link: Link;
  close(): Promise<void>;
}

/** Makes a client (192.0.2.2) and joins it to this namespace (192.0.2.1). */
export async function openClientLink(): Promise<ClientLink> {
  const id = ++counter;
  const client = await Namespace.create(`client${id}`);
  const name = `lan${id}`;
  const peer = ["peer", "name", "eth0", "address", CLIENT_MAC, "netns", client.name];
  await execute("ip", ["link", "add", name, "type", "veth", ...peer]);
  await execute("ip", ["address", "add", "192.0.2.1/24", "dev", name]);
  await execute("ip", ["link", "set", name, "up"]);
  await client.ip("address add 192.0.2.2/24 dev eth0", "link set eth0 up");
  const links = await watchLinks();
  const link = links.current().find((candidate) => candidate.name === name);
  links.close();
  if (link === undefined) throw new Error(`Cannot find link ${name}`);
  return {
    client,
    link,
    async close() {
      await execute("ip", ["link", "delete", name]).catch(() => undefined);
      await client.delete();
    },
  };
}

/** A bench for the responder that `make` makes, asked by arping(8). */
export async function openResponderBench(make: (link: Link) => Responder): Promise<ResponderBench> {
  const { client, link, close } = await openClientLink();
  const responder = make(link);
  return {
    responder,
    mac: link.mac,
    ask: (address, destination = BROADCAST_MAC) => arping(client, formatAddress(address), destination),
    expire: () => delay(TIMEOUT_MILLIS + 50),
    async close() {
      await responder.close();
      await close();
    },
  };
}

/** Opens the gate of a table; a lost table is told of. */
export function openGate(element: GateElement, onLost: () => void): NetlinkGate {
  return new NetlinkGate(element, (error) => error.code === "ENOENT" && onLost());
}

/** Asks once and waits at most 0.3 s; the Ethernet address of the answer. */
export async function arping(client: Namespace, address: string, destination: Mac): Promise<Mac | undefined> {
  const args = ["-r", "-c", "1", "-w", "0.3", "-i", "eth0", "-t", destination, address];
  const { stdout } = await client.run("arping", ...args).catch(() => ({ stdout: "" }));
  return stdout.trim().split("\n")[0] || undefined;
}
