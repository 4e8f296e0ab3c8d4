import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Daemon, type Namespace, runCommand, until } from "@fairlead/testing";

/** How a router is to be set up: a passive neighbor, AS 64513, of this node's AS 64512. */
export interface RouterSetup {
  readonly namespace: Namespace;
  /** Its address, and this node's. */
  readonly here: string;
  readonly there: string;
  readonly families: readonly (4 | 6)[];
  readonly password?: string;
}

/** A router that runs. */
export interface Router {
  /** Its table of a family, as text. */
  table(family: 4 | 6): Promise<string>;
  stop(): Promise<void>;
}

/** Starts each router that Debian has. */
export const ROUTERS: Readonly<Record<"BIRD" | "FRR" | "GoBGP", (setup: RouterSetup) => Promise<Router>>> = {
  BIRD: startBird,
  FRR: startFrr,
  GoBGP: startGobgp,
};

async function startBird({ namespace, here, there, families, password }: RouterSetup): Promise<Router> {
  const folder = mkdtempSync(join(tmpdir(), "bird-"));
  const control = join(folder, "bird.ctl");
  const lines = [
    "router id 192.0.2.2;",
    "protocol device { }",
    "protocol bgp peer {",
    `  local ${here} as 64513; neighbor ${there} as 64512; passive on; hold time 9; keepalive time 3;`,
    ...(password === undefined ? [] : [`  password "${password}";`]),
    ...families.map((family) => `  ipv${family} { import all; export none; };`),
    "}",
  ];
  writeFileSync(join(folder, "bird.conf"), `${lines.join("\n")}\n`);
  const args = ["-f", "-c", join(folder, "bird.conf"), "-s", control, "-P", join(folder, "bird.pid")];
  const daemon = run("bird", namespace, folder, "bird", args);
  const ask = async (...words: string[]) => (await runCommand("birdc", "-s", control, ...words)).stdout;
  await until("BIRD is up", async () => (await ask("show", "status")).includes("up and running"));
  return {
    table: (family) => ask("show", "route", "table", `master${family}`),
    stop: () => end(folder, daemon),
  };
}

async function startFrr({ namespace, there, families, password }: RouterSetup): Promise<Router> {
  const folder = mkdtempSync(join(tmpdir(), "frr-"));
  const lines = [
    "router bgp 64513",
    " bgp router-id 192.0.2.2",
    " no bgp ebgp-requires-policy",
    " no bgp default ipv4-unicast",
    ` neighbor ${there} remote-as 64512`,
    ` neighbor ${there} passive`,
    ` neighbor ${there} timers 3 9`,
    ...(password === undefined ? [] : [` neighbor ${there} password ${password}`]),
    ...families.flatMap((family) => [
      ` address-family ipv${family} unicast`,
      `  neighbor ${there} activate`,
      " exit-address-family",
    ]),
  ];
  writeFileSync(join(folder, "zebra.conf"), "");
  writeFileSync(join(folder, "bgpd.conf"), `${lines.join("\n")}\n`);
  // The daemons become the user frr.
  const [uid = 0, gid = 0] = (await Promise.all(["-u", "-g"].map((flag) => runCommand("id", flag, "frr")))).map(
    ({ stdout }) => Number(stdout),
  );
  for (const path of [folder, join(folder, "zebra.conf"), join(folder, "bgpd.conf")]) chownSync(path, uid, gid);
  const daemons: Daemon[] = [];
  for (const name of ["zebra", "bgpd"]) {
    const file = (suffix: string) => join(folder, `${name}.${suffix}`);
    const args = ["-f", file("conf"), "-i", file("pid"), "-z", join(folder, "zserv.api"), "--vty_socket", folder];
    daemons.push(run(name, namespace, folder, `/usr/lib/frr/${name}`, args));
  }
  const ask = async (command: string) =>
    (await runCommand("vtysh", "--vty_socket", folder, "--config_dir", folder, "-c", command)).stdout;
  await until("FRR has its neighbor", async () => (await ask("show bgp neighbors")).includes(there));
  return {
    table: (family) => ask(`show bgp ipv${family} unicast`),
    stop: () => end(folder, ...daemons),
  };
}

async function startGobgp({ namespace, there, families, password }: RouterSetup): Promise<Router> {
  const folder = mkdtempSync(join(tmpdir(), "gobgp-"));
  const lines = [
    "[global.config]",
    "as = 64513",
    'router-id = "192.0.2.2"',
    "port = 179",
    "[[neighbors]]",
    "[neighbors.config]",
    `neighbor-address = "${there}"`,
    "peer-as = 64512",
    ...(password === undefined ? [] : [`auth-password = "${password}"`]),
    "[neighbors.timers.config]",
    "hold-time = 9",
    "keepalive-interval = 3",
    "[neighbors.transport.config]",
    "passive-mode = true",
    ...families.flatMap((family) => [
      "[[neighbors.afi-safis]]",
      "[neighbors.afi-safis.config]",
      `afi-safi-name = "ipv${family}-unicast"`,
    ]),
  ];
  writeFileSync(join(folder, "gobgp.toml"), `${lines.join("\n")}\n`);
  const args = ["-f", join(folder, "gobgp.toml"), "-t", "toml", "--api-hosts", "127.0.0.1:50051", "--pprof-disable"];
  const daemon = run("gobgpd", namespace, folder, "gobgpd", args);
  const ask = async (...words: string[]) => (await namespace.run("gobgp", ...words)).stdout;
  await until("GoBGP has its neighbor", async () => (await ask("neighbor")).includes(there));
  return {
    table: (family) => ask("global", "rib", "-a", `ipv${family}`),
    stop: () => end(folder, daemon),
  };
}

function run(name: string, namespace: Namespace, folder: string, command: string, args: readonly string[]): Daemon {
  return Daemon.start({ name, namespace, command, args, log: join(folder, `${name}.out`) });
}

async function end(folder: string, ...daemons: readonly Daemon[]): Promise<void> {
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  rmSync(folder, { recursive: true });
}
