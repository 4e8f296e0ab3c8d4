import { setTimeout as delay } from "node:timers/promises";
import { type AuditEvent, type Cluster, until } from "@fairlead/testing";
import { expect } from "chai";
import { NAMESPACE } from "./product.ts";
import { type Scene, say } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const SERVICES = 500;
const AT_ONCE = 16;
const IDLE_MILLIS = 60_000;
const WRITES = ["create", "update", "patch", "delete", "deletecollection"];

describe(`an idle cluster with ${SERVICES} Services`, function () {
  this.timeout(240_000);
  let cluster: Cluster;
  let scene: Scene;

  after(async () => {
    const names = (await scene.services()).map(({ metadata }) => metadata.name).filter((name) => name !== "kubernetes");
    const remove = async () => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        await cluster.controlPlane.api.delete(`/api/v1/namespaces/default/services/${name}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, remove));
    await scene.clear();
  });
  withProduct((stage) => {
    ({ cluster, scene } = stage);
  });
  before(async () => {
    await scene.addPool("10.77.0.0/22");
    let next = 0;
    const make = async () => {
      while (next < SERVICES) await scene.addService(`idle-${next++}`);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, make));
    await until("all have addresses", async () => (await scene.allocations()).length === SERVICES, {
      withinMillis: 60_000,
    });
  });

  it("causes no writes but the Lease's, and one a minute by which each speaker says that it is there", async () => {
    const writes = async () => (await cluster.controlPlane.auditEvents()).filter(isOurWrite);
    // Events and the counts of the pool are written at their own pace.
    let before = (await writes()).filter(isNoLease).length;
    await until(
      "all that came of it is written",
      async () => {
        await delay(3_000);
        const now = (await writes()).filter(isNoLease).length;
        const quiet = now === before;
        before = now;
        return quiet;
      },
      { withinMillis: 90_000 },
    );
    const start = (await writes()).length;
    await delay(IDLE_MILLIS);
    const idle = (await writes()).slice(start);
    const leases = idle.filter((event) => !isNoLease(event)).length;
    say(`${IDLE_MILLIS / 1000} s: ${leases} writes of the Lease, ${idle.length - leases} others`);
    const others = idle.filter(isNoLease);
    expect(others.filter((event) => !isSpeakerStatus(event)).map(describeWrite)).to.deep.equal([]);
    // A status that does not get older while its speaker runs is what tells it from one that a dead node has left.
    for (const { name } of cluster.lab.nodes) {
      const renewals = others.filter(({ objectRef }) => objectRef?.name === name);
      expect(renewals.length, `${name}, which says so every 40 to 60 s`).to.be.within(1, 2);
    }
    expect(leases).to.be.greaterThan(0);
  });
});

function isOurWrite({ user, verb }: AuditEvent): boolean {
  return user.username.startsWith(`system:serviceaccount:${NAMESPACE}:`) && WRITES.includes(verb);
}

function isSpeakerStatus({ verb, objectRef }: AuditEvent): boolean {
  return verb === "patch" && objectRef?.resource === "speakerstatuses";
}

function describeWrite({ verb, objectRef }: AuditEvent): string {
  return `${verb} ${objectRef?.resource}`;
}

function isNoLease({ objectRef }: AuditEvent): boolean {
  return objectRef?.resource !== "leases";
}
