import { execFile, execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Link, Links } from "@fairlead/linux";
import { openLinkSocket, watchLinks } from "@fairlead/linux/io";
import { linkCompliance } from "@fairlead/linux/testing";
import { formatAddress, formatPrefix } from "@fairlead/net";
import { until } from "@fairlead/testing";
import { expect } from "chai";

const execute = promisify(execFile);
const ip = (command: string) => execute("ip", command.split(" "));

function find(links: Links, name: string): Link | undefined {
  return links.current().find((link) => link.name === name);
}

/** Messages lost for lack of room on all netlink sockets of this namespace (the last but one column). */
async function netlinkDrops(): Promise<number> {
  const [, ...rows] = (await readFile("/proc/net/netlink", "utf8")).trim().split("\n");
  return rows.reduce((sum, row) => sum + Number(row.trim().split(/\s+/).at(-2)), 0);
}

linkCompliance("veth", async () => {
  await ip("link add left address 02:00:5e:00:53:01 type veth peer name right address 02:00:5e:00:53:02");
  await ip("address add 192.0.2.1/24 dev left");
  // The last one sends: of an end that has carrier only later, the kernel drops frames until it has seen to that, though it is up.
  await ip("link set right up");
  await ip("link set left up");
  const links = await watchLinks();
  const end = (name: string) => ({
    links,
    openLinkSocket,
    link() {
      const link = find(links, name);
      if (link === undefined) throw new Error(`Cannot find link ${name}`);
      return link;
    },
  });
  const segment = { left: end("left"), right: end("right") };
  await until("both links are up", () => segment.left.link().up && segment.right.link().up);
  return {
    ...segment,
    setUp: async (up) => void (await ip(`link set left ${up ? "up" : "down"}`)),
    async close() {
      links.close();
      await ip("link delete left");
    },
  };
});

describe("watchLinks", () => {
  let links: Links;
  beforeEach(async () => {
    links = await watchLinks();
  });
  afterEach(async () => {
    links.close();
    for (const name of ["one", "bridge"]) await ip(`link delete ${name}`).catch(() => undefined);
  });

  it("sees the loopback link", () => {
    expect(find(links, "lo")).to.include({ index: 1, loopback: true, mac: "00:00:00:00:00:00" });
  });

  it("Y-60: sees links and addresses come and go", async () => {
    await ip("link add one type veth peer name two");
    await until("the link is there", () => find(links, "one"));
    await ip("address add 2001:db8::1/64 dev one");
    await until("the address is there", () =>
      find(links, "one")?.addresses.map(formatPrefix).includes("2001:db8::1/64"),
    );
    await ip("link delete one");
    await until("the link is gone", () => find(links, "one") === undefined);
  });

  it("sees a link without carrier as down", async () => {
    await ip("link add one type veth peer name two");
    await ip("link set one up");
    await until("the link is there", () => find(links, "one"));
    expect(find(links, "one")?.up).to.equal(false);
    await ip("link set two up");
    await until("the link has carrier", () => find(links, "one")?.up);
  });

  it("sees which bridge a link is enslaved to", async () => {
    await ip("link add bridge type bridge");
    await ip("link add one type veth peer name two");
    await ip("link set one master bridge");
    const master = await until("the link has a master", () => find(links, "one")?.master);
    expect(master).to.equal(find(links, "bridge")?.index);
  });

  it("sees the routers that routes go by, each once, and that they are gone", async () => {
    const routers = () => find(links, "one")?.gateways.map(formatAddress) ?? [];
    await ip("link add one type veth peer name two");
    await ip("address add 192.0.2.1/24 dev one");
    await ip("address add 2001:db8::1/64 dev one nodad");
    for (const end of ["one", "two"]) await ip(`link set ${end} up`);
    await ip("route add default via 192.0.2.254");
    await ip("route add 198.51.100.0/24 via 192.0.2.254");
    await ip("route add 203.0.113.0/24 nexthop via 192.0.2.253 dev one nexthop via 192.0.2.252 dev one");
    await ip("-6 route add default via 2001:db8::fe dev one");
    await ip("route add 10.9.0.0/16 via 192.0.2.251 table 7");
    const expected = ["192.0.2.252", "192.0.2.253", "192.0.2.254", "2001:db8::fe"];
    await until("all routers are seen", () => routers().join() === expected.join());
    await ip("route delete 203.0.113.0/24");
    await until("two of them are gone", () => routers().join() === "192.0.2.254,2001:db8::fe");
  });

  it("survives more events at once than its socket holds", async () => {
    await ip("link add one type veth peer name two");
    const flood = Array.from({ length: 1_000 }, (_, i) => `link set one mtu ${1_200 + (i % 2)}\n`).join("");
    // Synchronous, so that nobody reads while the events pile up.
    execFileSync("ip", ["-batch", "-"], { input: `${flood}link set one mtu 1300\n` });
    expect(await netlinkDrops()).to.be.greaterThan(0);
    await until("the last change is seen", () => find(links, "one")?.mtu === 1_300);
    await ip("link set one mtu 1400");
    await until("a later change is seen", () => find(links, "one")?.mtu === 1_400);
  });
});

describe("openLinkSocket", () => {
  it("fails on a link that is gone", async () => {
    const link: Link = {
      index: 9_999,
      name: "gone",
      mac: "02:00:5e:00:53:01",
      mtu: 1_500,
      up: true,
      loopback: false,
      noArp: false,
      addresses: [],
      gateways: [],
    };
    expect(() => openLinkSocket(link, [0x88b5], () => undefined)).to.throw(
      "Cannot open AF_PACKET socket for EtherType 0x88b5 on gone: bind failed with ENODEV",
    );
  });

  it("joins groups until it is closed, so that the hardware lets their frames in", async () => {
    await ip("link add one type veth peer name two");
    const links = await watchLinks();
    const link = find(links, "one");
    links.close();
    if (link === undefined) throw new Error("Cannot find link one");
    const groups = async () => (await ip("maddress show dev one")).stdout;
    const socket = openLinkSocket(link, [0x88b5], () => undefined, { groups: ["03:00:5e:00:53:07"] });
    expect(await groups()).to.contain("03:00:5e:00:53:07");
    socket.close();
    expect(await groups()).not.to.contain("03:00:5e:00:53:07");
    await ip("link delete one");
  });

  it("lets the process end when all is closed, and while it waits for frames ends on process.exit()", async () => {
    const open = `import { openLinkSocket, watchLinks } from "@fairlead/linux/io";
      const links = await watchLinks();
      const socket = openLinkSocket(links.current()[0], [0x88b5], () => {});`;
    const run = (rest: string) =>
      execute(process.execPath, ["--input-type=module", "-e", open + rest], { timeout: 5_000 });
    await run("setTimeout(() => { socket.close(); links.close(); }, 50)");
    await run("setTimeout(() => process.exit(0), 50)");
  });
});
