import { Namespace } from "./netns.ts";
import { until } from "./until.ts";

/**
 * How a link fails: "unplugged" takes the carrier away on both ends; "silent" loses every frame while both ends still see
 * a carrier, as behind a failed switch.
 */
export type LinkFailure = "unplugged" | "silent";

/** One end of a cable: what the link is called in its host, and which port of the switch it is plugged into. */
export interface Plug {
  readonly host: Namespace;
  readonly link: string;
  readonly port: string;
  readonly mac: string;
  /** Addresses with their prefix lengths. */
  readonly addresses: readonly string[];
}

/** A namespace with one bridge per network (a VLAN, as it were). */
export class Switch {
  readonly #namespace: Namespace;

  private constructor(namespace: Namespace) {
    this.#namespace = namespace;
  }

  /** Makes the namespace `switch` and in it a bridge for each network. */
  static async create(networks: readonly string[]): Promise<Switch> {
    const namespace = await Namespace.create("switch");
    await namespace.ip(...networks.flatMap((name) => [`link add ${name} type bridge`, `link set ${name} up`]));
    return new Switch(namespace);
  }

  /** Plugs a host's link into a network. Both ends are up, and the addresses are usable at once. */
  async plug(network: string, { host, link, port, mac, addresses }: Plug): Promise<void> {
    await host.ip(`link add ${link} address ${mac} type veth peer name ${port} netns ${this.#namespace.name}`);
    await this.#namespace.ip(`link set ${port} master ${network}`, `link set ${port} up`);
    await host.ip(`link set ${link} up`, ...addresses.map((address) => addAddress(address, link)));
  }

  /** Makes the link at `port` fail. */
  async cut(port: string, how: LinkFailure): Promise<void> {
    if (how === "unplugged") await this.#namespace.ip(`link set ${port} down`);
    else await this.#namespace.run("bridge", "link", "set", "dev", port, "state", "0");
  }

  /** Repairs the link at `port`, however it failed. */
  async restore(port: string): Promise<void> {
    await this.#namespace.ip(`link set ${port} up`);
    // The bridge takes no state of a port whose carrier is not there yet.
    await until(`${port} forwards again`, async () => {
      await this.#namespace.run("bridge", "link", "set", "dev", port, "state", "3");
      return true;
    });
  }

  /** Drops frames of an EtherType between all ports, as some switches do with what they do not know; undefined for none. */
  async drop(etherType: number | undefined): Promise<void> {
    const rule = etherType === undefined ? "" : `ether type 0x${etherType.toString(16)} drop;`;
    await this.#namespace.nft(`add table bridge lab
delete table bridge lab
table bridge lab { chain forward { type filter hook forward priority 0; ${rule} }; }
`);
  }

  async delete(): Promise<void> {
    await this.#namespace.delete();
  }
}

/** The line for `ip -batch` that adds an address, with its prefix length, usable at once (no duplicate detection). */
export function addAddress(address: string, link: string): string {
  return `address add ${address} dev ${link}${address.includes(":") ? " nodad" : ""}`;
}
