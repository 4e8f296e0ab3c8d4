// What may import what: the table in ARCHITECTURE.md. `make verify` runs it.
const layers = {
  net: [],
  runtime: ["net"],
  model: ["net"],
  linux: ["net", "runtime"],
  nftables: ["net", "runtime", "linux"],
  l2: ["net", "runtime", "linux", "nftables"],
  bgp: ["net", "runtime", "linux"],
  forwarding: ["net", "runtime", "linux", "nftables"],
  kube: ["net", "runtime", "model"],
  controller: ["net", "runtime", "model", "kube"],
  speaker: ["net", "runtime", "model", "linux", "l2", "nftables", "forwarding", "kube"],
  rehearsal: ["runtime", "model", "kube", "controller", "speaker"],
};
/**
 * Folders of a package, and files beside them that folders need, lowest first: none imports from one above it, or from what is not
 * here. model and net have no folders.
 */
const rooms = {
  runtime: ["ports.ts", "metrics.ts", "health.ts", "usage-error.ts", "io"],
  linux: ["packet", "ports.ts", "system-call-error.ts", "links.ts", "tcp.ts", "io"],
  nftables: ["ports.ts", "errors.ts", "text.ts", "packet", "io"],
  l2: ["client-hash.ts", "packet", "ownership", "ports.ts", "metrics.ts", "announce", "responder", "heartbeat", "wire"],
  bgp: ["packet", "rib", "fsm", "session", "peer"],
  forwarding: ["ports.ts", "io"],
  kube: ["schema", "parse", "kinds.ts", "ports.ts", "watch-scope.ts", "merge-status.ts", "memory", "connect-failure.ts", "metrics.ts", "io"],
  controller: ["metrics.ts", "allocate", "view", "status", "plan", "work"],
  speaker: ["ports.ts", "metrics.ts", "survey", "plan", "reachability", "announce", "node-check", "status"],
};
/** A folder with what is in it, or one file. */
const room = (name) => (name.endsWith(".ts") ? `${name.replace(".", "\\.")}$` : `${name}/`);
const source = (name) => `^packages/${name}/src/(?!testing/)`;

/** Only the named folder or file of a package may import these modules. */
const only = (name, from, to, comment) => ({ name, severity: "error", comment, from: { path: "^packages/[^/]+/src/", pathNot: from }, to: { path: to } });

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...Object.entries(layers).map(([name, allowed]) => ({
      name: `${name}-imports`,
      severity: "error",
      comment: `${name} may import ${allowed.join(", ") || "no other package"}`,
      from: { path: source(name) },
      to: { path: "^packages/", pathNot: `^packages/(${[name, ...allowed].join("|")})/` },
    })),
    ...Object.entries(rooms).flatMap(([name, all]) =>
      all.map((own, i) => ({
        name: `${name}-${own}-imports`,
        severity: "error",
        comment: `in ${name}, ${own} may import from ${all.slice(0, i).join(", ") || "nothing beside it"}`,
        from: { path: `^packages/${name}/src/${room(own)}` },
        to: { path: `^packages/${name}/src/`, pathNot: `^packages/${name}/src/(${all.slice(0, i + 1).map(room).join("|")})` },
      })),
    ),
    {
      name: "packages-by-name",
      severity: "error",
      comment: "another package is imported by its name: what is pure, its io, or its testing folder",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/([^/]+)/", pathNot: ["^packages/$1/", "^packages/[^/]+/src/((testing|io)/)?index\\.ts$"] },
    },
    {
      name: "testing-is-for-tests",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: "^packages/(testing/|[^/]+/src/testing/)" },
      to: { path: "^packages/(testing/|[^/]+/src/testing/)" },
    },
    {
      name: "pure-names-load-no-world",
      severity: "error",
      comment: "who needs only decisions loads no native code and no client of the API server",
      from: { path: "^packages/(?!testing/)[^/]+/src/index\\.ts$" },
      to: { path: "node_modules/(koffi|raw-socket|undici|@kubernetes)", reachable: true },
    },
    only("client-node-in-kube-io", "^packages/kube/src/io/", "@kubernetes/client-node", "the API server's client has one door"),
    only("undici-in-kube-io", "^packages/kube/src/io/", "node_modules/undici/", "HTTP to the API server has one door"),
    only("ip-address-in-net", "^packages/net/src/", "node_modules/ip-address", "addresses have one vocabulary"),
    only("raw-socket-in-linux-io", "^packages/linux/src/io/", "node_modules/raw-socket", "raw sockets have one door"),
    only("koffi-in-linux-io", "^packages/linux/src/io/", "node_modules/koffi", "foreign functions have one door"),
    {
      name: "io-folders-touch-the-world",
      severity: "error",
      comment: "node: modules that reach outside belong in io/ (or testing/, main.ts)",
      from: { path: "^packages/[^/]+/src/", pathNot: "/(io|testing)/|/main\\.ts$|^packages/testing/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|util)$" },
    },
    {
      name: "io-is-wired-by-main",
      severity: "error",
      comment: "pure files and drivers know ports, not what implements them",
      from: { path: "^packages/[^/]+/src/", pathNot: "/(io|testing)/|/main\\.ts$|^packages/testing/" },
      to: { path: "^packages/[^/]+/src/io/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node"] },
  },
};
