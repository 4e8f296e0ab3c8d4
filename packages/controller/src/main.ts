import { hostname } from "node:os";
import { DEFAULT_LEASE_TIMING, watchRestarts } from "@fairlead/kube";
import { openStore } from "@fairlead/kube/io";
import { ownHealth, UsageError, VERSION } from "@fairlead/runtime";
import {
  type CommonOptions,
  createLog,
  createProgram,
  returnMemoryWhenIdle,
  runProgram,
  serveHealth,
  stopSignal,
  systemClock,
} from "@fairlead/runtime/io";
import { Option } from "commander";
import { Controller } from "./controller.ts";

interface Options extends CommonOptions {
  readonly namespace?: string;
  readonly loadBalancerClass: string;
  readonly unclassed: boolean;
  readonly compat?: "metallb";
  readonly finalizer: boolean;
}

const program = createProgram(
  "fairlead-controller",
  "Gives Services of type LoadBalancer their external addresses, from IPAddressPools.",
  VERSION,
  7472,
)
  .addOption(
    new Option(
      "--namespace <name>",
      "namespace of the Lease that the replicas compete for; fairlead-system unless given, or kube-system if there is none",
    ).env("POD_NAMESPACE"),
  )
  .addOption(
    new Option("--load-balancer-class <name>", "spec.loadBalancerClass of the Services to serve").default(
      "fairlead.dev/fairlead",
    ),
  )
  .addOption(new Option("--no-unclassed", "leave Services without spec.loadBalancerClass to other controllers"))
  .addOption(
    new Option(
      "--compat <product>",
      "also read this product's annotations: loadBalancerIPs, address-pool and allow-shared-ip under metallb.io/ and metallb.universe.tf/",
    ).choices(["metallb"]),
  )
  .addOption(
    new Option(
      "--finalizer",
      "give Services the finalizer service.kubernetes.io/load-balancer-cleanup: deleted, they are gone only when their addresses are no longer answered for and free",
    ).default(false),
  );

await runProgram<Options>(program, async (options) => {
  if (options.finalizer && options.store !== undefined) {
    throw new UsageError("Cannot use --finalizer with --store: manifests must stay as they are");
  }
  const log = createLog(options.logLevel, options.logFormat, { component: "controller" });
  const store = await openStore(options, systemClock, log, (kind, cause) => watchRestarts.inc({ kind, cause }));
  const controller = new Controller({
    store,
    clock: systemClock,
    log,
    classes: { loadBalancerClass: options.loadBalancerClass, unclassed: options.unclassed },
    reading: { compat: options.compat },
    finalizer: options.finalizer,
    identity: `${hostname()}-${process.pid}-${Date.now()}`,
    namespace: options.namespace,
    leaseTiming: DEFAULT_LEASE_TIMING,
  });
  const stopped = stopSignal();
  const stopServing = await serveHealth(
    options.metricsPort,
    ownHealth(() => controller.notReady()),
  );
  controller.start();
  log.info({ store: options.store ?? options.kubeconfig ?? "in-cluster" }, "started");
  const stopReturning = returnMemoryWhenIdle(systemClock, log, () => controller.idle);
  log.info({ signal: await stopped }, "stopping");
  stopReturning();
  await controller.stop();
  await stopServing();
  process.exit(0);
});
