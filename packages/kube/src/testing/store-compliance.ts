import { randomUUID } from "node:crypto";
import { objectKey } from "@fairlead/model";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { ObjectCache } from "../cache.ts";
import type { Store, StoreError } from "../ports.ts";
import { lease, pool, service, VIP } from "./manifests.ts";
import { refusal, type StoreBench, storePair, WATCHED } from "./store-pair.ts";
import { statusTests } from "./store-status-compliance.ts";

/** Tests that every {@link Store} passes. `open` gives stores that watch nothing yet; objects of others may be there. */
export function storeCompliance(name: string, open: () => Promise<StoreBench>): void {
  describe(`Store: ${name}`, () => {
    const pair = storePair(open);

    it("fills the cache with what is there when the watch begins", async () => {
      const { ref, uid } = await pair.create(pair.other, service(pair.unique));
      await pair.watch();
      expect(pair.cached(ref)).to.deep.include({ ref, uid });
    });

    it("brings what others create, change and delete", async () => {
      await pair.watch();
      const { ref, uid } = await pair.create(pair.other, service(pair.unique));
      await until("the new object is cached", () => pair.cached(ref)?.uid === uid);
      await pair.other.patchStatus(ref, uid, { loadBalancer: { ingress: [VIP] } });
      const service1 = () => pair.cache.values("Service").find((value) => value.uid === uid);
      await until("the change is cached", () => service1()?.ingress.includes(VIP.ip));
      await pair.other.delete(ref, uid);
      await until("the deletion is cached", () => pair.cached(ref) === undefined);
    });

    for (const { what, scope, others } of [
      { what: "of one namespace", scope: () => ({ namespace: "default" }), others: { namespace: "kube-public" } },
      { what: "of one name", scope: (name: string) => ({ name }), others: {} },
      { what: "with a label", scope: () => ({ labels: { app: "web" } }), others: { labels: { app: "dns" } } },
    ]) {
      it(`watches the objects ${what} alone, and keeps its own writes to others out of the cache too`, async () => {
        const labels = { app: "web" };
        const foreign = (name: string) => service(name, {}, { labels, ...others });
        const { ref: before } = await pair.create(pair.other, foreign(`${pair.unique}-1`));
        pair.store.watch([{ kind: "Service", ...scope(pair.unique) }], pair.cache);
        await until("the kind is listed", () => pair.cache.synced(["Service"]));
        const { ref: own } = await pair.create(pair.store, foreign(`${pair.unique}-2`));
        const { ref: later } = await pair.create(pair.other, foreign(`${pair.unique}-3`));
        const { ref } = await pair.create(pair.other, service(pair.unique, {}, { labels }));
        await until("what is in the scope is cached", () => pair.cached(ref) !== undefined);
        expect([before, own, later].map((one) => pair.cached(one))).to.deep.equal([undefined, undefined, undefined]);
      });
    }

    it("shows its own writes at once", async () => {
      await pair.watch();
      const { ref, uid } = await pair.create(pair.store, service(pair.unique));
      expect(pair.cached(ref)?.uid, "created").to.equal(uid);
      await pair.store.patchStatus(ref, uid, { loadBalancer: { ingress: [VIP] } });
      expect(pair.cache.values("Service").find((value) => value.uid === uid)?.ingress, "patched").to.deep.equal([
        VIP.ip,
      ]);
      await pair.store.delete(ref, uid);
      expect(pair.cached(ref), "deleted").to.equal(undefined);
    });

    it("gives each object an identity, and its successor of the same name another", async () => {
      const first = await pair.create(pair.store, pool(pair.unique));
      await pair.store.delete(first.ref, first.uid);
      const second = await pair.create(pair.store, pool(pair.unique));
      expect(first.uid).to.be.a("string").and.not.equal("");
      expect(second.uid).to.not.equal(first.uid);
    });

    it("creates an object of one name once", async () => {
      const object = pool(pair.unique);
      const attempts = await Promise.allSettled([pair.store.create(object), pair.other.create(object)]);
      pair.deleteLater(object);
      const refused = attempts.flatMap((attempt) => (attempt.status === "rejected" ? [attempt.reason] : []));
      expect(refused.map((error: StoreError) => error.reason)).to.deep.equal(["AlreadyExists"]);
    });

    it("replaces an object that nobody changed", async () => {
      const { ref, object } = await pair.create(pair.store, lease(pair.unique, "first"));
      await pair.store.replace({ ...object, spec: { ...(object.spec as object), holderIdentity: "second" } });
      const held = await pair.other.get(ref);
      expect(held?.spec).to.deep.include({ holderIdentity: "second" });
      expect(held?.metadata.resourceVersion).to.not.equal(object.metadata.resourceVersion);
    });

    it("refuses to replace an object that was changed meanwhile", async () => {
      const { object } = await pair.create(pair.store, lease(pair.unique, "first"));
      const replace = (store: Store, holderIdentity: string) =>
        store.replace({ ...object, spec: { ...(object.spec as object), holderIdentity } });
      await replace(pair.other, "second");
      expect(await refusal(replace(pair.store, "third"))).to.equal("Conflict");
    });

    it("lets one of two replace an object at the same time", async () => {
      const { object } = await pair.create(pair.store, lease(pair.unique, "first"));
      const replace = (store: Store, holderIdentity: string) =>
        store.replace({ ...object, spec: { ...(object.spec as object), holderIdentity } });
      const attempts = await Promise.allSettled([replace(pair.store, "a"), replace(pair.other, "b")]);
      const refused = attempts.flatMap((attempt) => (attempt.status === "rejected" ? [attempt.reason] : []));
      expect(refused.map((error: StoreError) => error.reason)).to.deep.equal(["Conflict"]);
    });

    it("refuses to replace an object that is gone", async () => {
      const { ref, uid, object } = await pair.create(pair.store, lease(pair.unique, "first"));
      await pair.other.delete(ref, uid);
      expect(await refusal(pair.store.replace(object))).to.be.oneOf(["NotFound", "Conflict"]);
    });

    it("deletes only the object with the uid it is told", async () => {
      await pair.watch();
      const { ref, uid } = await pair.create(pair.store, pool(pair.unique));
      await pair.store.delete(ref, randomUUID());
      expect((await pair.other.get(ref))?.metadata.uid).to.equal(uid);
      expect(pair.cached(ref)?.uid).to.equal(uid);
      await pair.store.delete(ref, uid);
      expect(await pair.other.get(ref)).to.equal(undefined);
    });

    it("deletes only the version it is told, if it is told one", async () => {
      const { ref, uid, object } = await pair.create(pair.store, lease(pair.unique, "first"));
      const { metadata } = await pair.other.replace({ ...object, spec: { holderIdentity: "second" } });
      expect(await refusal(pair.store.delete(ref, uid, object.metadata.resourceVersion))).to.equal("Conflict");
      expect((await pair.other.get(ref))?.metadata.uid).to.equal(uid);
      await pair.store.delete(ref, uid, metadata.resourceVersion);
      expect(await pair.other.get(ref)).to.equal(undefined);
    });

    it("takes the deletion of what is not there for done", async () =>
      pair.store.delete({ kind: "IPAddressPool", name: pair.unique }, randomUUID()));

    it("changes no cache after it was stopped", async () => {
      await pair.watch();
      await pair.store.stop();
      const { ref } = await pair.create(pair.other, service(pair.unique));
      const { ref: seen } = await pair.create(pair.other, service(`${pair.unique}-2`));
      const witness = new ObjectCache(() => {});
      pair.other.watch(WATCHED, witness);
      await until("another store sees it", () => witness.all("Service").has(objectKey(seen)));
      expect(pair.cached(ref)).to.equal(undefined);
    });

    statusTests(pair);
  });
}
