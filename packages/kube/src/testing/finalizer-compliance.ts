import { randomUUID } from "node:crypto";
import { CLEANUP_FINALIZER, objectKey } from "@fairlead/model";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { ObjectCache } from "../cache.ts";
import { refOf } from "../memory/ref-of.ts";
import { type RawObject, StoreError } from "../ports.ts";
import { service } from "./manifests.ts";
import type { StoreBench } from "./store-pair.ts";

const PUT = { name: CLEANUP_FINALIZER, present: true };
const REMOVE = { name: CLEANUP_FINALIZER, present: false };
const OTHER = "example.com/other";

/** Tests that every Store passes whose objects have finalizers: beside {@link storeCompliance}. */
export function finalizerCompliance(name: string, open: () => Promise<StoreBench>): void {
  describe(`Finalizers in a Store: ${name}`, () => {
    let bench: StoreBench;
    let cache: ObjectCache;
    beforeEach(async () => {
      bench = await open();
      cache = new ObjectCache(() => {});
      bench.store.watch(["Service"], cache);
      await until("Services are listed", () => cache.synced(["Service"]));
    });
    afterEach(() => bench.close());

    async function create(finalizers: readonly string[] = []) {
      const unique = `f${randomUUID().slice(0, 8)}`;
      const object = await bench.store.create(service(unique, {}, finalizers.length > 0 ? { finalizers } : {}));
      return { object, ref: refOf(object), uid: object.metadata.uid ?? "" };
    }
    const cached = ({ metadata }: RawObject) => {
      const read = cache.all("Service").get(objectKey(metadata))?.read;
      return read !== undefined && "value" in read ? read.value : undefined;
    };

    it("notes whose it is that is put, and leaves others alone", async () => {
      const { object, ref, uid } = await create([OTHER]);
      await bench.store.patchStatus(ref, uid, {}, undefined, PUT);
      expect(cached(object)?.finalizer).to.equal("own");
      await bench.store.patchStatus(ref, uid, {}, undefined, REMOVE);
      expect(cached(object)?.finalizer).to.equal(undefined);
      expect((await bench.other.get(ref))?.metadata.finalizers).to.deep.equal([OTHER]);
      await bench.other.patchStatus(ref, uid, {}, undefined, { name: OTHER, present: false });
      await bench.other.delete(ref, uid);
    });

    it("keeps what is deleted until it is taken away, and is then without it at once", async () => {
      const { object, ref, uid } = await create();
      await bench.store.patchStatus(ref, uid, {}, undefined, PUT);
      await bench.other.delete(ref, uid);
      await until("the deletion is cached", () => cached(object)?.wantsLoadBalancer === false);
      expect((await bench.other.get(ref))?.metadata.uid).to.equal(uid);
      await bench.store.patchStatus(ref, uid, {}, undefined, REMOVE);
      expect(cached(object), "in the cache").to.equal(undefined);
      expect(await bench.other.get(ref)).to.equal(undefined);
    });

    it("is not touched when the object has changed since the decision", async () => {
      const { object, ref, uid } = await create();
      await bench.other.patchStatus(ref, uid, {}, undefined, { name: OTHER, present: true });
      const late = bench.store.patchStatus(ref, uid, {}, object.metadata.resourceVersion, PUT);
      const reason = await late.catch((error: unknown) => error instanceof StoreError && error.reason);
      expect(reason).to.equal("Conflict");
      expect((await bench.other.get(ref))?.metadata.finalizers).to.deep.equal([OTHER]);
      await bench.other.patchStatus(ref, uid, {}, undefined, { name: OTHER, present: false });
      await bench.other.delete(ref, uid);
    });
  });
}
