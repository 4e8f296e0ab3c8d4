import { pool, service } from "@fairlead/kube/testing";
import { expect } from "chai";
import { MemoryCluster } from "../../src/memory/memory-cluster.ts";
import { refOf } from "../../src/memory/ref-of.ts";
import { StoreError } from "../../src/ports.ts";

const NOW = Date.parse("2026-06-01T12:00:00.750Z");
const SECOND = "2026-06-01T12:00:00Z";

describe("MemoryCluster", () => {
  it("takes objects as they are, and makes what they lack", () => {
    const status = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } };
    const old = service("a", {}, { uid: "u-a", resourceVersion: "900", creationTimestamp: "2025-01-01T00:00:00Z" });
    const cluster = MemoryCluster.of([{ ...old, status }, pool("lan")], () => NOW);
    const [a, lan] = cluster.objects();
    expect(a?.metadata).to.deep.include({ uid: "u-a", creationTimestamp: "2025-01-01T00:00:00Z" });
    expect(a?.status).to.deep.equal(status);
    expect(lan?.metadata).to.deep.include({ creationTimestamp: SECOND });
    expect(lan?.metadata.uid).to.not.equal(undefined);
  });

  it("makes no uid that an object has already", () => {
    const first = new MemoryCluster();
    for (const name of ["a", "b", "c"]) first.create(service(name));
    first.delete(refOf(service("a")));
    const again = MemoryCluster.of(first.objects());
    for (const name of ["d", "e", "f"]) again.create(service(name));
    const uids = again.objects().map(({ metadata }) => metadata.uid);
    expect(new Set(uids).size).to.equal(5);
  });

  it("does not take two objects of one name, or one of a kind that nobody knows", () => {
    expect(() => MemoryCluster.of([pool("lan"), pool("lan")])).to.throw(StoreError, "there is one already");
    expect(() => MemoryCluster.of([{ ...pool("lan"), kind: "Unknown" }])).to.throw(StoreError, "not a kind");
  });

  it("has copies: what is written to one, the other does not have", () => {
    const cluster = new MemoryCluster();
    const { metadata } = cluster.create(service("a"));
    const before = cluster.objects();
    const copy = cluster.copy();
    copy.patchStatus(refOf(service("a")), metadata.uid ?? "", { conditions: [] });
    copy.create(service("b"));
    expect(cluster.objects()).to.deep.equal(before);
    cluster.delete(refOf(service("a")));
    expect(copy.list("Service").map(({ metadata: { name } }) => name)).to.deep.equal(["a", "b"]);
  });

  it("has the times of its clock, in whole seconds", () => {
    const cluster = new MemoryCluster().copy(() => NOW);
    cluster.create(service("a", {}, { finalizers: ["example.com/other"] }));
    cluster.delete(refOf(service("a")));
    const [a] = cluster.objects();
    expect(a?.metadata).to.deep.include({ creationTimestamp: SECOND, deletionTimestamp: SECOND });
  });
});
