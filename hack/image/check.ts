// hack/image/check.ts [ROOT]: fails unless all that layout.ts put into the file tree ROOT runs. In the image itself, where
// ROOT is /, what the speaker calls of Debian must run too. The Containerfile calls this as the image's own user.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

const root = process.argv[2] ?? "/";
const bundles = join(root, "opt/fairlead/dist");

async function check(what: string, run: () => unknown): Promise<void> {
  try {
    console.log(`check: ${what}: ${await run()}`);
  } catch (cause) {
    console.error(`check: ${what}: it must run, got: ${cause instanceof Error ? cause.message : cause}`);
    process.exitCode = 1;
  }
}

/** The first line that a program prints. */
function firstLine(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).split("\n")[0] ?? "";
}

const requireThere = createRequire(join(bundles, "fairlead-speaker.mjs"));

async function callByKoffi(): Promise<string> {
  const { default: koffi } = await import(join(root, "opt/fairlead/node_modules/koffi/index.js"));
  const pid = koffi.load(null).func("int getpid()")();
  if (pid !== process.pid) throw new Error(`getpid() gave ${pid} instead of ${process.pid}`);
  return koffi.version;
}

/** Loads the deciding thread and gives it a folder that is not there: its answer is that it cannot use it. */
function startDecider(): Promise<string> {
  const options = { store: join(root, "no/such/folder"), logLevel: "silent", logFormat: "json" };
  const worker = new Worker(join(bundles, "fairlead-speaker-decider.mjs"), {
    workerData: { options, fixed: { node: "check" } },
  });
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", (status) => reject(new Error(`it ended without an answer, with status ${status}`)));
    worker.once("message", ({ kind }) => {
      if (kind === "unusable") resolve("loaded");
      else reject(new Error(`it answered ${kind}`));
      void worker.terminate();
    });
  });
}

for (const name of ["fairlead-controller", "fairlead-speaker"]) {
  await check(name, () => firstLine(join(root, "usr/local/bin", name), "--version"));
}
await check("koffi", callByKoffi);
await check("raw-socket", () => Object.keys(requireThere("raw-socket").SocketLevel).join(", "));
await check("deciding thread", startDecider);
if (root === "/") {
  await check("nft", () => firstLine("nft", "--version"));
  await check("conntrack", () => firstLine("conntrack", "--version"));
}
