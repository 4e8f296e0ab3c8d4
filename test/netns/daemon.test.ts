import { Daemon, Namespace, newLog, until } from "@fairlead/testing";
import { expect } from "chai";

function start(script: string): Daemon {
  const log = newLog("sh");
  return Daemon.start({ name: "sh", namespace: Namespace.own(), command: "sh", args: ["-c", script], log });
}

describe("Daemon", () => {
  it("runs until it is stopped", async () => {
    const daemon = start("exec sleep 60");
    daemon.assertRunning();
    await daemon.stop();
    expect(daemon.running).to.equal(false);
    await daemon.stop();
  });

  it("is killed when it ignores the signal", async () => {
    const daemon = start("trap '' TERM; echo deaf; while :; do sleep 0.01; done");
    await until("it is deaf", () => daemon.output() === "deaf\n");
    await daemon.stop("SIGTERM", 50);
    expect(daemon.running).to.equal(false);
  });

  it("tells how it ended and what it said last", async () => {
    const daemon = start("echo 'no such pool' >&2; exit 3");
    await until("it has ended", () => !daemon.running);
    expect(() => daemon.assertRunning()).to.throw(
      /Cannot go on without sh: it ended with status 3;[\s\S]*no such pool/,
    );
  });

  it("says so when there is no such program", async () => {
    const options = { name: "nothing", namespace: Namespace.own(), args: [], log: newLog("nothing") };
    const daemon = Daemon.start({ ...options, command: "/nonexistent" });
    await until("it has failed", () => !daemon.running);
    expect(() => daemon.assertRunning()).to.throw("Cannot go on without nothing: it could not be started: spawn");
  });
});
