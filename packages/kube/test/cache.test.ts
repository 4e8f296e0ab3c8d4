import { service } from "@fairlead/kube/testing";
import { expect } from "chai";
import { ObjectCache } from "../src/cache.ts";
import type { RawObject } from "../src/ports.ts";

const KEY = "default/web";
const web = (resourceVersion: string, uid = "a", metadata: Record<string, unknown> = {}): RawObject =>
  service("web", {}, { uid, resourceVersion, ...metadata });

describe("ObjectCache", () => {
  let changes: number;
  let cache: ObjectCache;
  const held = () => {
    const object = cache.all("Service").get(KEY);
    return object && { uid: object.uid, version: object.resourceVersion };
  };
  beforeEach(() => {
    changes = 0;
    cache = new ObjectCache(() => {
      changes += 1;
    });
  });

  it("is synced when every kind was listed, be the list empty", () => {
    cache.replaceAll("Service", [], "1");
    expect(cache.synced(["Service"])).to.equal(true);
    expect(cache.synced(["Service", "Node"])).to.equal(false);
  });

  it("takes nothing in before the first list, which will have it", () => {
    cache.put("Service", web("1"));
    expect(cache.all("Service").size).to.equal(0);
    expect(cache.synced(["Service"])).to.equal(false);
  });

  describe("after a list", () => {
    beforeEach(() => {
      cache.replaceAll("Service", [web("9")], "9");
      changes = 0;
    });

    for (const [what, version, uid, kept] of [
      ["a newer version", "10", "a", { uid: "a", version: "10" }],
      ["the same version again", "9", "a", { uid: "a", version: "9" }],
      ["an older version", "8", "a", { uid: "a", version: "9" }],
      ["a successor", "11", "b", { uid: "b", version: "11" }],
      ["a predecessor, told of late", "7", "b", { uid: "a", version: "9" }],
    ] as const) {
      it(`is told of ${what}`, () => {
        cache.put("Service", web(version, uid, { labels: { version } }));
        expect(held()).to.deep.equal(kept);
        expect(changes).to.equal(kept.version === "9" ? 0 : 1);
      });
    }

    it("is not told of a version that says nothing new, and keeps what was read", () => {
      const before = cache.values("Service")[0];
      cache.put("Service", web("10"));
      expect([changes, cache.all("Service").get("default/web")?.resourceVersion]).to.deep.equal([0, "10"]);
      expect(cache.values("Service")[0]).to.equal(before);
    });

    it("keeps what was written after the next list was made", () => {
      cache.put("Service", web("12"));
      cache.replaceAll("Service", [], "11");
      expect(held()).to.deep.equal({ uid: "a", version: "12" });
    });

    it("keeps the newer version of what the next list has", () => {
      cache.put("Service", web("12"));
      cache.replaceAll("Service", [web("10")], "11");
      expect(held()).to.deep.equal({ uid: "a", version: "12" });
    });

    it("changes nothing before a list has ended that comes in parts, and knows what was written meanwhile", () => {
      const list = cache.list("Service");
      list.add([web("10")]);
      list.add([service("other", {}, { uid: "o", resourceVersion: "10" })]);
      expect([changes, cache.all("Service").size, held()?.version]).to.deep.equal([0, 1, "9"]);
      cache.put("Service", web("12"));
      list.end("11");
      expect([cache.all("Service").size, held()?.version]).to.deep.equal([2, "12"]);
    });

    it("puts what a list has in order of age", () => {
      const of = (name: string, creationTimestamp: string) =>
        service(name, {}, { uid: name, resourceVersion: "10", creationTimestamp });
      const [older, newer] = [of("b", "2026-06-01T00:00:00Z"), of("a", "2026-06-01T00:00:01Z")];
      cache.replaceAll("Service", [newer, older], "11");
      expect(cache.values("Service").map(({ name }) => name)).to.deep.equal(["b", "a"]);
    });

    it("forgets what the next list lacks", () => {
      cache.replaceAll("Service", [], "11");
      expect(held()).to.equal(undefined);
    });

    it("forgets an object by its uid, and asks for a decision", () => {
      cache.remove("Service", KEY, "b");
      expect(held()).to.not.equal(undefined);
      expect(changes).to.equal(0);
      cache.remove("Service", KEY, "a");
      expect(held()).to.equal(undefined);
      expect(changes).to.equal(1);
    });

    it("forgets nothing of a kind that was never listed", () => cache.remove("Node", "n1", "a"));
  });

  for (const [what, metadata] of [
    ["labels that are numbers", { labels: { tier: 1 } }],
    ["annotations that are true", { annotations: { "example.com/on": true } }],
    ["a uid that is a number", { uid: 7 }],
  ] as const) {
    it(`keeps an object with ${what} as one that cannot be read, beside the others`, () => {
      const good = service("good", {}, { uid: "g", resourceVersion: "1" });
      cache.replaceAll("Service", [web("1", "a", metadata), good], "1");
      const { read } = cache.all("Service").get(KEY) ?? {};
      const [field] = Object.keys(metadata);
      expect(read).to.have.property("problems").with.lengthOf(1);
      expect(read && "problems" in read && read.problems[0]?.field).to.match(new RegExp(`^metadata\\.${field}`));
      expect(cache.values("Service").map(({ name }) => name)).to.deep.equal(["good"]);
    });
  }

  it("keeps the status only of the kinds that Fairlead writes", () => {
    cache.replaceAll("Service", [{ ...web("1"), status: { conditions: [] } }], "1");
    expect(cache.all("Service").get(KEY)?.status).to.equal(undefined);
  });
});
