import { randomUUID } from "node:crypto";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { conditionTypes, ingressOf, pool, service, VIP } from "./manifests.ts";
import { refusal, type StorePair } from "./store-pair.ts";

const NOW = "2026-01-01T00:00:00Z";
const condition = (type: string, status: "True" | "False" = "True") => {
  return { type, status, reason: "Test", message: "", lastTransitionTime: NOW };
};

/** What of {@link storeCompliance} is about statuses. */
export function statusTests(pair: StorePair): void {
  it("gets an object with its status, and undefined for one that is not there", async () => {
    const { ref, uid } = await pair.create(pair.other, service(pair.unique));
    await pair.other.patchStatus(ref, uid, { loadBalancer: { ingress: [VIP] } });
    expect(ingressOf(await pair.store.get(ref))).to.deep.equal([VIP.ip]);
    expect(await pair.store.get({ ...ref, name: "absent" })).to.equal(undefined);
  });

  for (const [kind, manifest] of [
    ["Service", service],
    ["IPAddressPool", pool],
  ] as const) {
    it(`merges the conditions of a ${kind} by type, beside those of others`, async () => {
      const { ref, uid } = await pair.create(pair.store, manifest(pair.unique));
      await pair.other.patchStatus(ref, uid, { conditions: [condition("Foreign")] });
      await pair.store.patchStatus(ref, uid, { conditions: [condition("Own")] });
      const written = await pair.store.patchStatus(ref, uid, { conditions: [condition("Own", "False")] });
      expect(conditionTypes(written)).to.deep.equal({ Foreign: "True", Own: "False" });
      expect(conditionTypes(await pair.other.get(ref))).to.deep.equal({ Foreign: "True", Own: "False" });
    });
  }

  it("keeps both of two changes to a status at the same time", async () => {
    const { ref, uid } = await pair.create(pair.store, service(pair.unique));
    await Promise.all([
      pair.store.patchStatus(ref, uid, { conditions: [condition("Own")] }),
      pair.other.patchStatus(ref, uid, { conditions: [condition("Foreign")] }),
    ]);
    expect(conditionTypes(await pair.store.get(ref))).to.deep.equal({ Foreign: "True", Own: "True" });
  });

  it("clears what a patch says is null, and nothing else", async () => {
    const { ref, uid } = await pair.create(pair.store, service(pair.unique));
    await pair.store.patchStatus(ref, uid, {
      loadBalancer: { ingress: [VIP] },
      conditions: [condition("Own")],
    });
    await pair.store.patchStatus(ref, uid, { loadBalancer: { ingress: null } });
    const held = await pair.other.get(ref);
    expect(ingressOf(held)).to.deep.equal([]);
    expect(conditionTypes(held)).to.deep.equal({ Own: "True" });
  });

  it("leaves a status alone that is another object's by now, or nobody's", async () => {
    const { ref } = await pair.create(pair.store, service(pair.unique));
    const patch = { loadBalancer: { ingress: [VIP] } };
    expect(await refusal(pair.store.patchStatus(ref, randomUUID(), patch))).to.equal("Conflict");
    expect(ingressOf(await pair.store.get(ref))).to.deep.equal([]);
    expect(await refusal(pair.store.patchStatus({ ...ref, name: "absent" }, randomUUID(), patch))).to.be.oneOf([
      "NotFound",
      "Conflict",
    ]);
  });

  it("leaves a status alone whose object has changed since the decision", async () => {
    const { ref, uid, object } = await pair.create(pair.store, service(pair.unique));
    const patch = { loadBalancer: { ingress: [VIP] } };
    const { metadata } = await pair.other.patchStatus(ref, uid, { conditions: [condition("Foreign")] });
    const stale = pair.store.patchStatus(ref, uid, patch, object.metadata.resourceVersion);
    expect(await refusal(stale)).to.equal("Conflict");
    const written = await pair.store.patchStatus(ref, uid, patch, metadata.resourceVersion);
    expect(ingressOf(written)).to.deep.equal([VIP.ip]);
  });

  it("caches the version that a change can be decided on", async () => {
    await pair.watch();
    const { ref, uid } = await pair.create(pair.other, service(pair.unique));
    await until("the object is cached", () => pair.cached(ref) !== undefined);
    await pair.store.patchStatus(ref, uid, { conditions: [condition("Own")] }, pair.cached(ref)?.resourceVersion);
    await pair.store.patchStatus(ref, uid, { conditions: [condition("More")] }, pair.cached(ref)?.resourceVersion);
    expect(conditionTypes(await pair.other.get(ref))).to.deep.equal({ Own: "True", More: "True" });
  });
}
