import { randomUUID } from "node:crypto";
import type { KindName, ObjectRef } from "@fairlead/model";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { ObjectCache } from "../cache.ts";
import { refOf } from "../memory/ref-of.ts";
import { type RawObject, type Store, StoreError, type StoreErrorReason } from "../ports.ts";
import { conditionTypes, ingressOf, lease, pool, service } from "./manifests.ts";

/** Two stores over the same objects, in processes of their own so to speak. */
export interface StoreBench {
  readonly store: Store;
  readonly other: Store;
  close(): Promise<void>;
}

const KINDS: readonly KindName[] = ["Service", "IPAddressPool", "Lease"];
const NOW = "2026-01-01T00:00:00Z";
const VIP = { ip: "192.0.2.1", ipMode: "VIP" };
const condition = (type: string, status: "True" | "False" = "True") => {
  return { type, status, reason: "Test", message: "", lastTransitionTime: NOW };
};

/** Tests that every {@link Store} passes. `open` gives stores that watch nothing yet; objects of others may be there. */
export function storeCompliance(name: string, open: () => Promise<StoreBench>): void {
  describe(`Store: ${name}`, () => {
    let bench: StoreBench;
    let cache: ObjectCache;
    let made: ObjectRef[];
    let unique: string;
    beforeEach(async () => {
      bench = await open();
      cache = new ObjectCache(() => {});
      made = [];
      unique = `c${randomUUID().slice(0, 8)}`;
    });
    afterEach(async () => {
      for (const ref of made) {
        const left = await bench.other.get(ref);
        if (left !== undefined) await bench.other.delete(ref, left.metadata.uid ?? "");
      }
      await bench.close();
    });

    async function create(by: Store, object: RawObject): Promise<{ ref: ObjectRef; uid: string; object: RawObject }> {
      const created = await by.create(object);
      const ref = refOf(object);
      made.push(ref);
      return { ref, uid: created.metadata.uid ?? "", object: created };
    }

    async function watch(): Promise<void> {
      bench.store.watch(KINDS, cache);
      await until("every kind is listed", () => cache.synced(KINDS));
    }

    const key = (ref: ObjectRef) => (ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`);
    const cached = (ref: ObjectRef) => cache.all(ref.kind).get(key(ref));

    async function refusal(action: Promise<unknown>): Promise<StoreErrorReason> {
      try {
        await action;
      } catch (error) {
        if (error instanceof StoreError) return error.reason;
        throw error;
      }
      throw new Error("must be refused, but it was done");
    }

    it("fills the cache with what is there when the watch begins", async () => {
      const { ref, uid } = await create(bench.other, service(unique));
      await watch();
      expect(cached(ref)).to.deep.include({ ref, uid });
    });

    it("brings what others create, change and delete", async () => {
      await watch();
      const { ref, uid } = await create(bench.other, service(unique));
      await until("the new object is cached", () => cached(ref)?.uid === uid);
      await bench.other.patchStatus(ref, uid, { loadBalancer: { ingress: [VIP] } });
      const service1 = () => cache.values("Service").find((value) => value.uid === uid);
      await until("the change is cached", () => service1()?.ingress.includes(VIP.ip));
      await bench.other.delete(ref, uid);
      await until("the deletion is cached", () => cached(ref) === undefined);
    });

    it("shows its own writes at once", async () => {
      await watch();
      const { ref, uid } = await create(bench.store, service(unique));
      expect(cached(ref)?.uid, "created").to.equal(uid);
      await bench.store.patchStatus(ref, uid, { loadBalancer: { ingress: [VIP] } });
      expect(cache.values("Service").find((value) => value.uid === uid)?.ingress, "patched").to.deep.equal([VIP.ip]);
      await bench.store.delete(ref, uid);
      expect(cached(ref), "deleted").to.equal(undefined);
    });

    it("gives each object an identity, and its successor of the same name another", async () => {
      const first = await create(bench.store, pool(unique));
      await bench.store.delete(first.ref, first.uid);
      const second = await create(bench.store, pool(unique));
      expect(first.uid).to.be.a("string").and.not.equal("");
      expect(second.uid).to.not.equal(first.uid);
    });

    it("creates an object of one name once", async () => {
      const object = pool(unique);
      const attempts = await Promise.allSettled([bench.store.create(object), bench.other.create(object)]);
      made.push(refOf(object));
      const refused = attempts.flatMap((attempt) => (attempt.status === "rejected" ? [attempt.reason] : []));
      expect(refused.map((error: StoreError) => error.reason)).to.deep.equal(["AlreadyExists"]);
    });

    it("gets an object with its status, and undefined for one that is not there", async () => {
      const { ref, uid } = await create(bench.other, service(unique));
      await bench.other.patchStatus(ref, uid, { loadBalancer: { ingress: [VIP] } });
      expect(ingressOf(await bench.store.get(ref))).to.deep.equal([VIP.ip]);
      expect(await bench.store.get({ ...ref, name: "absent" })).to.equal(undefined);
    });

    it("replaces an object that nobody changed", async () => {
      const { ref, object } = await create(bench.store, lease(unique, "first"));
      await bench.store.replace({ ...object, spec: { ...(object.spec as object), holderIdentity: "second" } });
      const held = await bench.other.get(ref);
      expect(held?.spec).to.deep.include({ holderIdentity: "second" });
      expect(held?.metadata.resourceVersion).to.not.equal(object.metadata.resourceVersion);
    });

    it("refuses to replace an object that was changed meanwhile", async () => {
      const { object } = await create(bench.store, lease(unique, "first"));
      const replace = (store: Store, holderIdentity: string) =>
        store.replace({ ...object, spec: { ...(object.spec as object), holderIdentity } });
      await replace(bench.other, "second");
      expect(await refusal(replace(bench.store, "third"))).to.equal("Conflict");
    });

    it("lets one of two replace an object at the same time", async () => {
      const { object } = await create(bench.store, lease(unique, "first"));
      const replace = (store: Store, holderIdentity: string) =>
        store.replace({ ...object, spec: { ...(object.spec as object), holderIdentity } });
      const attempts = await Promise.allSettled([replace(bench.store, "a"), replace(bench.other, "b")]);
      const refused = attempts.flatMap((attempt) => (attempt.status === "rejected" ? [attempt.reason] : []));
      expect(refused.map((error: StoreError) => error.reason)).to.deep.equal(["Conflict"]);
    });

    it("refuses to replace an object that is gone", async () => {
      const { ref, uid, object } = await create(bench.store, lease(unique, "first"));
      await bench.other.delete(ref, uid);
      expect(await refusal(bench.store.replace(object))).to.be.oneOf(["NotFound", "Conflict"]);
    });

    for (const [kind, manifest] of [
      ["Service", service],
      ["IPAddressPool", pool],
    ] as const) {
      it(`merges the conditions of a ${kind} by type, beside those of others`, async () => {
        const { ref, uid } = await create(bench.store, manifest(unique));
        await bench.other.patchStatus(ref, uid, { conditions: [condition("Foreign")] });
        await bench.store.patchStatus(ref, uid, { conditions: [condition("Own")] });
        const written = await bench.store.patchStatus(ref, uid, { conditions: [condition("Own", "False")] });
        expect(conditionTypes(written)).to.deep.equal({ Foreign: "True", Own: "False" });
        expect(conditionTypes(await bench.other.get(ref))).to.deep.equal({ Foreign: "True", Own: "False" });
      });
    }

    it("keeps both of two changes to a status at the same time", async () => {
      const { ref, uid } = await create(bench.store, service(unique));
      await Promise.all([
        bench.store.patchStatus(ref, uid, { conditions: [condition("Own")] }),
        bench.other.patchStatus(ref, uid, { conditions: [condition("Foreign")] }),
      ]);
      expect(conditionTypes(await bench.store.get(ref))).to.deep.equal({ Foreign: "True", Own: "True" });
    });

    it("clears what a patch says is null, and nothing else", async () => {
      const { ref, uid } = await create(bench.store, service(unique));
      await bench.store.patchStatus(ref, uid, {
        loadBalancer: { ingress: [VIP] },
        conditions: [condition("Own")],
      });
      await bench.store.patchStatus(ref, uid, { loadBalancer: { ingress: null } });
      const held = await bench.other.get(ref);
      expect(ingressOf(held)).to.deep.equal([]);
      expect(conditionTypes(held)).to.deep.equal({ Own: "True" });
    });

    it("leaves a status alone that is another object's by now, or nobody's", async () => {
      const { ref } = await create(bench.store, service(unique));
      const patch = { loadBalancer: { ingress: [VIP] } };
      expect(await refusal(bench.store.patchStatus(ref, randomUUID(), patch))).to.equal("Conflict");
      expect(ingressOf(await bench.store.get(ref))).to.deep.equal([]);
      expect(await refusal(bench.store.patchStatus({ ...ref, name: "absent" }, randomUUID(), patch))).to.be.oneOf([
        "NotFound",
        "Conflict",
      ]);
    });

    it("leaves a status alone whose object has changed since the decision", async () => {
      const { ref, uid, object } = await create(bench.store, service(unique));
      const patch = { loadBalancer: { ingress: [VIP] } };
      const { metadata } = await bench.other.patchStatus(ref, uid, { conditions: [condition("Foreign")] });
      const stale = bench.store.patchStatus(ref, uid, patch, object.metadata.resourceVersion);
      expect(await refusal(stale)).to.equal("Conflict");
      const written = await bench.store.patchStatus(ref, uid, patch, metadata.resourceVersion);
      expect(ingressOf(written)).to.deep.equal([VIP.ip]);
    });

    it("caches the version that a change can be decided on", async () => {
      await watch();
      const { ref, uid } = await create(bench.other, service(unique));
      await until("the object is cached", () => cached(ref) !== undefined);
      await bench.store.patchStatus(ref, uid, { conditions: [condition("Own")] }, cached(ref)?.resourceVersion);
      await bench.store.patchStatus(ref, uid, { conditions: [condition("More")] }, cached(ref)?.resourceVersion);
      expect(conditionTypes(await bench.other.get(ref))).to.deep.equal({ Own: "True", More: "True" });
    });

    it("deletes only the object with the uid it is told", async () => {
      await watch();
      const { ref, uid } = await create(bench.store, pool(unique));
      await bench.store.delete(ref, randomUUID());
      expect((await bench.other.get(ref))?.metadata.uid).to.equal(uid);
      expect(cached(ref)?.uid).to.equal(uid);
      await bench.store.delete(ref, uid);
      expect(await bench.other.get(ref)).to.equal(undefined);
    });

    it("deletes only the version it is told, if it is told one", async () => {
      const { ref, uid, object } = await create(bench.store, lease(unique, "first"));
      const { metadata } = await bench.other.replace({ ...object, spec: { holderIdentity: "second" } });
      expect(await refusal(bench.store.delete(ref, uid, object.metadata.resourceVersion))).to.equal("Conflict");
      expect((await bench.other.get(ref))?.metadata.uid).to.equal(uid);
      await bench.store.delete(ref, uid, metadata.resourceVersion);
      expect(await bench.other.get(ref)).to.equal(undefined);
    });

    it("takes the deletion of what is not there for done", async () =>
      bench.store.delete({ kind: "IPAddressPool", name: unique }, randomUUID()));

    it("changes no cache after it was stopped", async () => {
      await watch();
      await bench.store.stop();
      const { ref } = await create(bench.other, service(unique));
      const { ref: seen } = await create(bench.other, service(`${unique}-2`));
      const witness = new ObjectCache(() => {});
      bench.other.watch(KINDS, witness);
      await until("another store sees it", () => witness.all("Service").has(key(seen)));
      expect(cached(ref)).to.equal(undefined);
    });
  });
}
