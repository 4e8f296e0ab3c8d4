import { type DualAddress, LAB, macOf, nodePlan, podNetworks } from "./lab-plan.ts";
import { addAddress, type Switch } from "./lab-switch.ts";
import { Namespace } from "./netns.ts";

/** A machine on the LAN or behind the router. */
export interface LabHost {
  readonly name: string;
  readonly namespace: Namespace;
  readonly address: DualAddress;
}

/** A node: eth0 is on the LAN; eth1, if there is one, on the management network. */
export interface LabNode extends LabHost {
  /** 1 for n1. */
  readonly number: number;
  /** Name of the link on the LAN. */
  readonly lanLink: string;
  /** MAC of the link on the LAN. */
  readonly mac: string;
  /** Its IPv4 address on the management network. */
  readonly management: string;
  /** Ports of the switch that its links are plugged into. */
  readonly lanPort: string;
  readonly managementPort: string;
}

/** A pod without its Pod object: a namespace whose only way out is its node. */
export interface LabPod extends LabHost {
  readonly node: LabNode;
  readonly labels: Readonly<Record<string, string>>;
}

const ROUTER_SETTINGS = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"];
/**
 * Asymmetric paths are ordinary here: a reply may come from another node than the request went to. And addresses are
 * unique by plan: without duplicate detection they work at once.
 */
const HOST_SETTINGS = ["net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0"].concat(
  "net.ipv6.conf.all.accept_dad=0",
  "net.ipv6.conf.default.accept_dad=0",
);

/** Makes a namespace with the settings that every machine of the laboratory has. */
export async function createHost(name: string, settings: readonly string[] = []): Promise<Namespace> {
  const namespace = await Namespace.create(name);
  await namespace.run("sysctl", "-qw", ...HOST_SETTINGS, ...settings);
  return namespace;
}

/** Adds the client on the LAN. */
export async function addClient(network: Switch): Promise<LabHost> {
  const namespace = await createHost("client");
  await plugIntoLan(network, namespace, LAB.client);
  await routeByDefault(namespace, LAB.router.lan);
  return { name: "client", namespace, address: LAB.client };
}

/** Adds the router and, behind its eth1, the remote client. */
export async function addRouter(network: Switch): Promise<{ router: LabHost; remote: LabHost }> {
  const router = await createHost("router", ROUTER_SETTINGS);
  await plugIntoLan(network, router, LAB.router.lan);
  const remote = await createHost("remote");
  const ends = [
    { host: router, link: "eth1", address: LAB.router.outside },
    { host: remote, link: "eth0", address: LAB.remote },
  ];
  await router.ip(`link add eth1 type veth peer name eth0 netns ${remote.name}`);
  for (const { host, link, address } of ends) {
    await host.ip(
      `link set ${link} address ${macOf(address.ipv4)}`,
      `link set ${link} up`,
      addAddress(`${address.ipv4}/24`, link),
      addAddress(`${address.ipv6}/64`, link),
    );
  }
  await routeByDefault(remote, LAB.router.outside);
  return {
    router: { name: "router", namespace: router, address: LAB.router.lan },
    remote: { name: "remote", namespace: remote, address: LAB.remote },
  };
}

/** Adds node `number`; `all` are the numbers of all nodes, whose pods it has routes to. */
export async function addNode(
  network: Switch,
  number: number,
  all: readonly number[],
  withManagement: boolean,
): Promise<LabNode> {
  const { lan, management } = nodePlan(number);
  const name = `n${number}`;
  const namespace = await createHost(name, ROUTER_SETTINGS);
  const managementPort = `${name}-mgmt`;
  await plugIntoLan(network, namespace, lan);
  await routeByDefault(namespace, LAB.router.lan);
  const others = all.filter((other) => other !== number);
  if (others.length > 0) await namespace.ip(...others.flatMap(routesToPods));
  if (withManagement) await plugIntoManagement(network, namespace, "eth1", managementPort, management);
  const ports = { lanLink: "eth0", lanPort: name, managementPort };
  return { name, number, namespace, address: lan, mac: macOf(lan.ipv4), management, ...ports };
}

/** Adds the namespace `control` to the management network, and a link `mgmt` by which this process reaches it. */
export async function addControl(network: Switch): Promise<Namespace> {
  const namespace = await createHost("control");
  await plugIntoManagement(network, namespace, "eth0", "control", LAB.control);
  await plugIntoManagement(network, Namespace.own(), "mgmt", "operator", LAB.operator);
  return namespace;
}

/** Adds a further link, `eth1`, by which the remote client reaches the management network past the router. */
export async function addRemoteManagement(network: Switch, remote: LabHost): Promise<void> {
  await plugIntoManagement(network, remote.namespace, "eth1", "remote-mgmt", LAB.remoteManagement);
}

function routesToPods(number: number): string[] {
  const networks = podNetworks(number);
  const { lan } = nodePlan(number);
  return [`route add ${networks.ipv4} via ${lan.ipv4}`, `route add ${networks.ipv6} via ${lan.ipv6}`];
}

async function plugIntoLan(network: Switch, host: Namespace, address: DualAddress): Promise<void> {
  const addresses = [`${address.ipv4}/24`, `${address.ipv6}/64`];
  await network.plug("lan", { host, link: "eth0", port: host.name, mac: macOf(address.ipv4), addresses });
}

async function plugIntoManagement(network: Switch, host: Namespace, link: string, port: string, address: string) {
  await network.plug("management", { host, link, port, mac: macOf(address), addresses: [`${address}/24`] });
}

async function routeByDefault(host: Namespace, gateway: DualAddress): Promise<void> {
  await host.ip(`route add default via ${gateway.ipv4}`, `route add default via ${gateway.ipv6}`);
}
