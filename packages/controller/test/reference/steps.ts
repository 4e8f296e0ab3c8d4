import { expect } from "chai";
import type { Row, Step } from "./table.ts";

/** Creates or changes a Namespace. */
export function aNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Step {
  return ({ cluster }) => void cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
}

/** Some other controller writes these into the status of a Service. */
export function written(name: string, ...ingress: string[]): Step {
  return (world) => world.ingress(name, ...ingress);
}

/** Steps that the controller sees the end of alone. */
export function atOnce(...steps: Step[]): Step {
  return async (world, run) => {
    for (const step of steps) await step(world, run);
  };
}

/** Steps while no controller runs; then another is started. */
export function whileDown(...steps: Step[]): Step {
  return async (world, run) => {
    await run.stop();
    await atOnce(...steps)(world, run);
    run.start();
  };
}

/** Expects what every Service holds in between. */
export function seen(holds: Row["holds"]): Step {
  return (world) => void expect(world.statuses).to.deep.equal(holds);
}
