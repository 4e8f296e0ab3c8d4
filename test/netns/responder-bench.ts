import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  KernelResponder,
  type KernelResponderOptions,
  type Responder,
  UserspaceResponder,
  type UserspaceResponderOptions,
} from "@fairlead/l2";
import {
  encodeEthernet,
  HEARTBEAT_ETHERTYPE,
  HEARTBEAT_GROUP,
  type NeighborAdvertisement,
  OPENING_MARK,
  type ResponderBench,
} from "@fairlead/l2/testing";
import type { Link, LinkSocket } from "@fairlead/linux";
import { openAnycast, openLinkSocket, openNdpSocket, watchLinks } from "@fairlead/linux/io";
import { BROADCAST_MAC, formatAddress, type Mac } from "@fairlead/net";
import type { TimedElement } from "@fairlead/nftables";
import { NetlinkGate, NftCommand } from "@fairlead/nftables/io";
import { systemClock } from "@fairlead/runtime/io";
import { Namespace, until } from "@fairlead/testing";

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

/** Makes a client (192.0.2.2, 2001:db8::2) and joins it to this namespace (192.0.2.1, 2001:db8::1). */
export async function openClientLink(): Promise<ClientLink> {
  const id = ++counter;
  const client = await Namespace.create(`client${id}`);
  const name = `lan${id}`;
  const peer = ["peer", "name", "eth0", "address", CLIENT_MAC, "netns", client.name];
  await execute("ip", ["link", "add", name, "type", "veth", ...peer]);
  await Namespace.own().ip(
    `address add 192.0.2.1/24 dev ${name}`,
    `address add 2001:db8::1/64 dev ${name} nodad`,
    `link set ${name} up`,
  );
  await client.ip("address add 192.0.2.2/24 dev eth0", "address add 2001:db8::2/64 dev eth0 nodad", "link set eth0 up");
  const links = await watchLinks();
  const link = await until(`${name} is up`, () => links.current().find((found) => found.name === name && found.up));
  links.close();
  return {
    client,
    link,
    async close() {
      await execute("ip", ["link", "delete", name]).catch(() => undefined);
      await client.delete();
    },
  };
}

const nft = new NftCommand();

/** The kernel responder of a link, kept by refreshes over netlink, all of it real; `rest` overrides. */
export function inKernel(link: Link, rest: Partial<KernelResponderOptions> = {}): Responder {
  const onRefused = (_: unknown, error: unknown) => {
    throw error;
  };
  const openSubstitute = () => inUserSpace(link);
  const ports = { nft, clock: systemClock, onOutcome: () => {}, openGate, openAnycast, openSubstitute, onRefused };
  return new KernelResponder({ ...ports, link, timeoutMillis: TIMEOUT_MILLIS, keptBy: "refresh", ...rest });
}

/** As {@link inKernel}, kept by heartbeats: one leaves the link with each refresh. */
export function inKernelByHeartbeats(link: Link): Responder {
  const responder = inKernel(link, { keptBy: "heartbeats" });
  let socket: LinkSocket | undefined = openLinkSocket(link, [], () => {}, { mark: OPENING_MARK });
  return {
    kind: responder.kind,
    keptByHeartbeats: responder.keptByHeartbeats,
    answer: (...goal) => responder.answer(...goal),
    repair: () => responder.repair(),
    refresh() {
      socket?.send(heartbeatFrame(link));
      responder.refresh();
    },
    async close() {
      socket?.close();
      socket = undefined;
      await responder.close();
    },
  };
}

/** A frame of the EtherType of heartbeats; what is in it is nobody's business here. */
export function heartbeatFrame({ mac }: Link): Uint8Array {
  return encodeEthernet({
    destination: HEARTBEAT_GROUP,
    source: mac,
    etherType: HEARTBEAT_ETHERTYPE,
    payload: new Uint8Array(46),
  });
}

/** The user-space responder of a link; `rest` overrides. */
export function inUserSpace(link: Link, rest: Partial<UserspaceResponderOptions> = {}): Responder {
  return new UserspaceResponder({
    openLinkSocket,
    openNdpSocket,
    clock: systemClock,
    link,
    timeoutMillis: TIMEOUT_MILLIS,
    ...rest,
  });
}

/** A bench for the responder that `make` makes, asked by arping(8) and ask-neighbor.ts. */
export async function openResponderBench(make: (link: Link) => Responder): Promise<ResponderBench> {
  const { client, link, close } = await openClientLink();
  const responder = make(link);
  return {
    responder,
    mac: link.mac,
    async ask(address, destination) {
      if (address.family === 4) return arping(client, formatAddress(address), destination ?? BROADCAST_MAC);
      const to = destination === undefined ? [] : ["--destination", destination];
      return (await askNeighbor(client, formatAddress(address), ...to))?.mac;
    },
    expire: () => delay(TIMEOUT_MILLIS + 50),
    async close() {
      await responder.close();
      await close();
    },
  };
}

/** Opens the gate of a table; a lost table is told of. */
export function openGate(element: TimedElement, onLost: () => void): NetlinkGate {
  return new NetlinkGate(element, (error) => error.code === "ENOENT" && onLost());
}

/** Asks once and waits at most 0.3 s; the Ethernet address of the answer. */
export async function arping(client: Namespace, address: string, destination: Mac): Promise<Mac | undefined> {
  const args = ["-r", "-c", "1", "-w", "0.3", "-i", "eth0", "-t", destination, address];
  const { stdout } = await client.run("arping", ...args).catch(() => ({ stdout: "" }));
  return stdout.trim().split("\n")[0] || undefined;
}

/** An advertisement as ask-neighbor.ts prints it. */
export interface Advertised extends Omit<NeighborAdvertisement, "target"> {
  readonly hopLimit: number;
  /** Where it was sent. */
  readonly destination: string;
}

/** Asks once by NDP and waits at most 0.3 s; for the options see ask-neighbor.ts. */
export async function askNeighbor(
  client: Namespace,
  address: string,
  ...options: string[]
): Promise<Advertised | undefined> {
  return (await advertised(client, address, options))[0];
}

/** Asks once by NDP: the Ethernet addresses of all that answer within 0.3 s, not of those that tell unasked. */
export async function answeringNeighbors(client: Namespace, address: string): Promise<Mac[]> {
  const all = await advertised(client, address, ["--all"]);
  return all.flatMap(({ mac, solicited }) => (solicited && mac !== undefined ? [mac] : []));
}

async function advertised(client: Namespace, address: string, options: readonly string[]): Promise<Advertised[]> {
  const script = fileURLToPath(new URL("ask-neighbor.ts", import.meta.url));
  const { stdout } = await client.run(process.execPath, script, "--target", address, ...options);
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Advertised]));
}
