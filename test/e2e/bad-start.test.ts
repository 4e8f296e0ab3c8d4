import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Cluster, Daemon, LAB, newLog, until } from "@fairlead/testing";
import { expect } from "chai";
import { parse } from "yaml";
import { accountWithout, type Grant, grantsOf, nameOf, rolesOf } from "./missing-rights.ts";
import { CONFIG, logLines } from "./product.ts";
import { say } from "./scene.ts";
import { sharedCluster } from "./shared-cluster.ts";

/** What the operator is to know by then. */
const SOON = { withinMillis: 10_000 };
const SCRATCH = "bad-start";
/** Processes that are started at once. */
const AT_ONCE = 4;
const CRD = "customresourcedefinitions.apiextensions.k8s.io";

const CONTROLLER = await rolesOf("controller.yaml");
const SPEAKER = await rolesOf("speaker.yaml");

/** A program that is started to see what it says. */
interface Started {
  readonly daemon: Daemon;
  readonly health: string;
}

describe("a start that cannot go well", function () {
  this.timeout(240_000);
  let cluster: Cluster;
  let started: Started[];
  before(async () => {
    cluster = await sharedCluster();
    const { controlPlane } = cluster;
    await controlPlane.kubectl("apply", "--server-side", "-f", `${CONFIG}/crd`);
    await controlPlane.kubectl("wait", "--for=condition=Established", CRD, "--all", "--timeout=30s");
    await controlPlane.kubectl("create", "namespace", SCRATCH);
  });
  after(async () => {
    const { controlPlane } = cluster;
    const ours = await controlPlane.kubectl("get", "clusterroles,clusterrolebindings", "-o", "name");
    const names = ours.split("\n").filter((name) => name.includes(`/${SCRATCH}-`));
    if (names.length > 0) await controlPlane.kubectl("delete", ...names);
    await controlPlane.kubectl("delete", "namespace", SCRATCH);
    await controlPlane.kubectl("delete", "speakerstatuses", "--all");
  });
  beforeEach(() => {
    started = [];
  });
  afterEach(() => Promise.all(started.map(({ daemon }) => daemon.stop("SIGKILL"))));

  function start(
    program: "controller" | "speaker",
    kubeconfig: string,
    more: readonly string[] = [],
    before: readonly string[] = [],
  ): Started {
    const isSpeaker = program === "speaker";
    const [node] = cluster.lab.nodes;
    const namespace = isSpeaker ? node?.namespace : cluster.lab.control;
    if (node === undefined || namespace === undefined)
      throw new Error("Cannot start: the lab must have a management network");
    const speaker = [`--node-name=${node.name}`, "--forwarding=none", "--heartbeat-port=0"];
    const own = isSpeaker ? speaker : [`--namespace=${SCRATCH}`];
    const port = 17_480 + started.length;
    const args = [`--kubeconfig=${kubeconfig}`, "--log-format=json", `--metrics-port=${port}`, ...own, ...more];
    const path = fileURLToPath(new URL(`../../bin/fairlead-${program}`, import.meta.url));
    const [command = path, ...rest] = [...before, path, ...args];
    const daemon = Daemon.start({ name: program, namespace, command, args: rest, log: newLog(`bad-${program}`) });
    const one = { daemon, health: `http://${isSpeaker ? node.management : LAB.control}:${port}` };
    started.push(one);
    return one;
  }

  /** Waits until `/readyz` and the log say the same with this code and these words, and returns it. */
  async function told({ daemon, health }: Started, code: string, words: string | RegExp): Promise<string> {
    const check = () => daemon.assertRunning();
    const has = (text: string) => (typeof words === "string" ? text.includes(words) : words.test(text));
    const line = await until(
      `/readyz says ${code} with ${words}`,
      async () => {
        const response = await fetch(`${health}/readyz`);
        const lines = (await response.text()).split("\n");
        return response.status === 503 && lines.find((text) => text.startsWith(`${code}: `) && has(text));
      },
      { ...SOON, check },
    );
    const isLogged = () => logLines(daemon).some(({ reason, why }) => reason === code && has(String(why)));
    await until(`the log says ${code} with ${words}`, isLogged, { ...SOON, check });
    expect((await fetch(`${health}/healthz`)).status, "healthy").to.equal(200);
    return line;
  }

  const ready = ({ daemon, health }: Started) => {
    return until("it is ready", async () => (await fetch(`${health}/readyz`)).ok, {
      withinMillis: 20_000,
      check: () => daemon.assertRunning(),
    });
  };

  /** A word of the permission, with the others that may stand before it: "list and watch nodes". */
  const naming = (grant: Grant) => {
    const [verb, ...resource] = nameOf(grant).split(" ");
    return new RegExp(`(Cannot|and|;) ${verb}( and \\w+)* ${resource.join(" ").replaceAll(".", "\\.")}( |;|:)`);
  };

  for (const [program, roles] of [
    ["controller", CONTROLLER],
    ["speaker", SPEAKER],
  ] as const) {
    describe(`of a ${program}, that lacks a right`, () => {
      it("is ready with all that config/rbac allows", async () => {
        const kubeconfig = await accountWithout(cluster.controlPlane, SCRATCH, `${program}-whole`, roles, undefined);
        const whole = start(program, kubeconfig);
        await ready(whole);
        expect(logLines(whole.daemon).filter(({ reason }) => reason === "PermissionMissing")).to.deep.equal([]);
      });
      it("is told of each verb of config/rbac that is taken away", async () => {
        const waiting = [...grantsOf(roles).entries()];
        const untold: string[] = [];
        const some = async () => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            const [i, grant] = next;
            const kubeconfig = await accountWithout(cluster.controlPlane, SCRATCH, `${program}-${i}`, roles, grant);
            const one = start(program, kubeconfig);
            await told(one, "PermissionMissing", naming(grant)).then(say, () => untold.push(nameOf(grant)));
            await one.daemon.stop("SIGKILL");
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, some));
        expect(untold).to.deep.equal([]);
      });
    });
  }

  it("allocates all the same without what it can do without", async () => {
    const { controlPlane } = cluster;
    const grant = grantsOf(CONTROLLER).find((one) => nameOf(one) === "list ipclaims.fairlead.dev");
    const kubeconfig = await accountWithout(controlPlane, SCRATCH, "controller-degraded", CONTROLLER, grant);
    const one = start("controller", kubeconfig);
    await until(
      "everything else is listed",
      () => logLines(one.daemon).some(({ msg }) => msg === "everything listed"),
      SOON,
    );
    await told(one, "PermissionMissing", "list ipclaims.fairlead.dev");
  });

  it("is ready as soon as the right is there", async () => {
    const { controlPlane } = cluster;
    const grant = grantsOf(SPEAKER).find((one) => nameOf(one) === "list nodes");
    const kubeconfig = await accountWithout(controlPlane, SCRATCH, "speaker-mended", SPEAKER, grant);
    const one = start("speaker", kubeconfig);
    await told(one, "PermissionMissing", "list nodes");
    const rules = [{ op: "add", path: "/rules/-", value: { apiGroups: [""], resources: ["nodes"], verbs: ["list"] } }];
    const role = `clusterrole/${SCRATCH}-speaker-mended`;
    await controlPlane.kubectl("patch", role, "--type=json", `--patch=${JSON.stringify(rules)}`);
    await ready(one);
  });

  it("of a speaker without capabilities is in its SpeakerStatus and in an Event of its Node", async () => {
    const { controlPlane, lab } = cluster;
    const kubeconfig = await accountWithout(controlPlane, SCRATCH, "speaker-powerless", SPEAKER, undefined);
    const one = start("speaker", kubeconfig, [], ["setpriv", "--bounding-set=-net_admin,-net_raw"]);
    const words = "CAP_NET_ADMIN and CAP_NET_RAW";
    await told(one, "CapabilityMissing", words);
    const [node] = lab.nodes;
    const problems = () =>
      controlPlane.kubectl("get", "speakers", `${node?.name}`, "-o", "jsonpath={.status.problems[*].message}");
    await until("its status says it", async () => (await problems()).includes(words), SOON);
    await until(
      "its Node's Events say it",
      async () => (await controlPlane.kubectl("describe", "node", `${node?.name}`)).includes(words),
      SOON,
    );
    say((await controlPlane.kubectl("get", "speakers")).trimEnd());
  });

  it("of a controller says that the namespace of its Lease is not there", async () => {
    const one = start("controller", cluster.controlPlane.adminKubeconfig, ["--namespace=nowhere"]);
    say(await told(one, "LeaseUnavailable", 'namespaces "nowhere" not found'));
  });

  /** Writes a kubeconfig like the admin's, with something else in it. */
  async function changed(name: string, change: { cluster?: object; user?: object }): Promise<string> {
    const { adminKubeconfig, directory } = cluster.controlPlane;
    const config = parse(await readFile(adminKubeconfig, "utf8")) as {
      clusters: { cluster: object }[];
      users: { user: object }[];
    };
    const clusters = config.clusters.map((one) => ({ ...one, cluster: { ...one.cluster, ...change.cluster } }));
    const users = config.users.map((one) => ({ ...one, user: { ...one.user, ...change.user } }));
    const path = `${directory}/bad-start-${name}.kubeconfig`;
    await writeFile(path, JSON.stringify({ ...config, clusters, users }));
    return path;
  }

  /** Without it, those count that Node.js knows, which did not sign the API server's certificate. */
  const OTHER_AUTHORITY = { "certificate-authority-data": undefined };

  for (const program of ["controller", "speaker"] as const) {
    for (const [what, change, code, words] of [
      [
        "where nothing listens",
        { cluster: { server: `https://${LAB.control}:9` } },
        "ApiUnreachable",
        "nothing listens there",
      ],
      [
        "where nobody is",
        { cluster: { server: "https://10.0.0.99:6443" } },
        "ApiUnreachable",
        /there (was no answer in time|is no way to that host)/,
      ],
      ["with a token that nobody knows", { user: { token: "unknown" } }, "CredentialsRefused", "401"],
      [
        "with another certificate authority",
        { cluster: OTHER_AUTHORITY },
        "ApiUnreachable",
        "none of the certificate authorities",
      ],
    ] as const) {
      it(`of a ${program} says so, by a kubeconfig ${what}`, async () => {
        say(await told(start(program, await changed(`${program}-${code}`, change)), code, words));
      });
    }

    it(`of a ${program} says that its kubeconfig is not there, and goes well when it is`, async () => {
      const path = `${cluster.controlPlane.directory}/bad-start-${program}-late.kubeconfig`;
      const one = start(program, path);
      say(await told(one, "CredentialsUnusable", path));
      await writeFile(path, await readFile(cluster.controlPlane.adminKubeconfig));
      await ready(one);
    });
  }
});
