import { hostname } from "node:os";
import type { ForwardingMode } from "@fairlead/forwarding";
import { DEFAULT_TIMING, timingFor } from "@fairlead/l2";
import { type Millis, UsageError, VERSION } from "@fairlead/runtime";
import {
  type CommonOptions,
  createLog,
  createProgram,
  integer,
  returnMemoryWhenIdle,
  runProgram,
  stopSignal,
  systemClock,
} from "@fairlead/runtime/io";
import { Option } from "commander";
import { DeciderThread } from "./io/decider-thread.ts";
import { openKeyFile } from "./io/key-file.ts";
import type { ResponderChoice } from "./io/make-responder.ts";
import { readNodeFacts } from "./io/node-facts.ts";
import { cleanUpNode, openNode } from "./io/node-ports.ts";
import { BEAT_LIMITS } from "./main-thread-health.ts";
import { NodeWatch } from "./node-check/node-watch.ts";
import { NodeSpeaker } from "./node-speaker.ts";
import { SpeakerTroubles } from "./status/speaker-troubles.ts";

interface Options extends CommonOptions {
  readonly nodeName: string;
  readonly forwarding: ForwardingMode;
  readonly responder: ResponderChoice;
  readonly heartbeatKeyFile?: string;
  readonly heartbeatPort: number;
  readonly detection: Millis;
  readonly loadBalancerClass: string;
  readonly unclassed: boolean;
  readonly cleanup: boolean;
}

const program = createProgram(
  "fairlead-speaker",
  "Announces external addresses from this node, and forwards what arrives for them to the endpoints.",
  VERSION,
  7473,
)
  .addOption(new Option("--node-name <name>", "name of this node's Node object").env("NODE_NAME").default(hostname()))
  .addOption(
    new Option(
      "--forwarding <mode>",
      "direct: to the endpoints; nodePort: to this node's NodePort, for kube-proxy to forward; none: left to others",
    )
      .choices(["direct", "nodePort", "none"])
      .default("direct"),
  )
  .addOption(
    new Option(
      "--responder <kind>",
      "what answers ARP and NDP; auto takes the kernel where it can, and says which it took",
    )
      .choices(["auto", "kernel", "userspace"])
      .default("auto"),
  )
  .addOption(
    new Option(
      "--heartbeat-key-file <file>",
      "keys by which speakers know each other, one a line: the first signs, all are accepted; read again when it changes",
    ),
  )
  .addOption(
    new Option(
      "--heartbeat-port <port>",
      "UDP port for heartbeats to nodes that are not heard on the link; 0 for none; the same on all nodes",
    )
      .argParser(integer(0, 65_535))
      .default(7474),
  )
  .addOption(
    new Option(
      "--detection <milliseconds>",
      "silence after which another speaker counts as gone, 300 to 10000; heartbeats come six times as often",
    )
      .argParser(integer(300, 10_000))
      .default(DEFAULT_TIMING.detection),
  )
  .addOption(
    new Option("--load-balancer-class <name>", "spec.loadBalancerClass of the Services to serve").default(
      "fairlead.dev/fairlead",
    ),
  )
  .addOption(new Option("--no-unclassed", "leave Services without spec.loadBalancerClass to other controllers"))
  .addOption(new Option("--cleanup", "remove what speakers have left in this node's kernel, and exit").default(false));

await runProgram<Options>(program, async (options) => {
  if (options.cleanup) return cleanUpNode();
  if (options.nodeName === "") throw new UsageError("Cannot start: --node-name must not be empty");
  const log = createLog(options.logLevel, options.logFormat, { component: "speaker", node: options.nodeName });
  const { store, kubeconfig, logLevel, logFormat, loadBalancerClass, unclassed, forwarding, nodeName } = options;
  const classes = { loadBalancerClass, unclassed };
  const timing = timingFor(options.detection);
  const clock = systemClock;
  const keys = await openKeyFile(options.heartbeatKeyFile, clock, log);
  const ports = await openNode({
    responder: options.responder,
    heartbeatPort: options.heartbeatPort,
    timing,
    clock,
    log,
  });
  const stopped = stopSignal();
  const node = new NodeWatch({
    read: () => {
      const link = options.responder === "userspace" ? undefined : ports.links.current().find((one) => one.loopback);
      return readNodeFacts({ mode: forwarding, link });
    },
    answersInKernel: options.responder === "kernel",
    clock,
    log,
  });
  const troubles = new SpeakerTroubles({ node: nodeName, forwarding, watch: node, links: ports.links, clock, log });
  let speaker: NodeSpeaker | undefined;
  let early: Parameters<NodeSpeaker["follow"]> | undefined;
  const decider = await DeciderThread.start(
    {
      options: {
        logLevel,
        logFormat,
        ...(store !== undefined && { store }),
        ...(kubeconfig !== undefined && { kubeconfig }),
      },
      fixed: { node: nodeName, forwarding, classes },
      metricsPort: options.metricsPort,
      limits: BEAT_LIMITS,
    },
    {
      onPlan: (plan, forward) => {
        early = [plan, forward];
        troubles.follow(plan);
        speaker?.follow(plan, forward);
      },
      notReady: () => troubles.notReady() ?? (speaker === undefined ? "starting" : speaker.notReady()),
      onTroubles: (found) => troubles.ofApi(found),
      onCrash: (error) => {
        // Addresses go to others by themselves once the heartbeats end; whoever runs this process starts it again.
        log.error({ err: String(error) }, "cannot go on");
        process.exit(1);
      },
    },
    log,
  );
  const reporter = troubles.start(decider);
  const { responder } = options;
  speaker = new NodeSpeaker({ node: nodeName, classes, responder, ports, reporter, timing, keys, clock, log });
  if (early !== undefined) speaker.follow(...early);
  const running = speaker;
  log.info({ store: store ?? kubeconfig ?? "in-cluster", forwarding }, "started");
  const stopReturning = returnMemoryWhenIdle(clock, log, () => running.idle);
  log.info({ signal: await stopped }, "stopping");
  stopReturning();
  await running.stop();
  await troubles.stop();
  await decider.stop();
  ports.links.close();
  process.exit(0);
});
