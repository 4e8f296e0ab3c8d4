import { expect } from "chai";
import { ObjectCache } from "../src/cache.ts";
import { cacheTroubles, isOutOfReach, mergeTroubles } from "../src/cache-troubles.ts";
import { StoreError, type StoreErrorReason } from "../src/ports.ts";

const failed = (reason: StoreErrorReason) => new StoreError(reason, `because of ${reason}`);

describe("the troubles of a cache", () => {
  let changes: string[];
  let cache: ObjectCache;
  beforeEach(() => {
    changes = [];
    cache = new ObjectCache((kind, key) => changes.push(`${kind} ${key}`));
  });

  it("are none before anything was tried, and none when all was listed", () => {
    expect(cacheTroubles(cache, ["Node"])).to.deep.equal([]);
    for (const reason of ["Forbidden", "NotFound"] as const) {
      cache.failed("Node", failed(reason));
      cache.replaceAll("Node", [], "1");
      expect(cacheTroubles(cache, ["Node"])).to.deep.equal([]);
    }
  });

  for (const [reason, code] of [
    ["Unauthorized", "CredentialsRefused"],
    ["NoCredentials", "CredentialsUnusable"],
    ["Unavailable", "ApiUnreachable"],
    ["Expired", "ApiUnreachable"],
  ] as const) {
    it(`are ${code} for lists that fail with ${reason}, once for all of them`, () => {
      for (const kind of ["Node", "Service"] as const) cache.failed(kind, failed(reason));
      expect(cacheTroubles(cache, ["Node", "Service"])).to.deep.equal([{ code, why: `because of ${reason}` }]);
    });
  }

  it("name what may not be listed", () => {
    cache.failed("EndpointSlice", failed("Forbidden"));
    expect(cacheTroubles(cache, ["Node", "EndpointSlice"])).to.deep.equal([
      {
        code: "PermissionMissing",
        permissions: [{ verb: "list", group: "discovery.k8s.io", resource: "endpointslices" }],
      },
    ]);
  });

  it("name the kinds that are not served, apart by whether the process does without", () => {
    for (const kind of ["IPClaim", "IPAddressPool", "ServiceCIDR"] as const) cache.failed(kind, failed("NotFound"));
    expect(cacheTroubles(cache, ["IPClaim", "IPAddressPool", "ServiceCIDR"], ["IPClaim"])).to.deep.equal([
      { code: "KindMissing", kinds: ["ipclaims.fairlead.dev", "servicecidrs.networking.k8s.io"], isPartial: true },
      { code: "KindMissing", kinds: ["ipaddresspools.fairlead.dev"], isPartial: false },
    ]);
  });

  it("tell of a kind that is taken for empty since the API server has none", () => {
    cache.replaceAll("ServiceCIDR", [], "0");
    cache.failed("ServiceCIDR", failed("NotFound"));
    expect(cacheTroubles(cache, ["ServiceCIDR"])).to.have.length(1);
  });

  it("are none while the API server is away and all was listed before", () => {
    cache.replaceAll("Node", [], "1");
    cache.failed("Node", failed("Unavailable"));
    expect(cacheTroubles(cache, ["Node"])).to.deep.equal([]);
  });

  it("are looked at whenever a list fails", () => {
    cache.failed("Node", failed("Forbidden"));
    expect(changes).to.deep.equal(["Node undefined"]);
  });

  for (const [reason, beyond] of [
    ["Forbidden", true],
    ["NotFound", true],
    ["Unavailable", false],
    ["Unauthorized", false],
  ] as const) {
    it(`put a kind ${beyond ? "out of reach" : "off"} after five lists that failed with ${reason}`, () => {
      for (let i = 0; i < 4; i++) cache.failed("IPClaim", failed(reason));
      expect(isOutOfReach(cache, "IPClaim")).to.equal(false);
      cache.failed("IPClaim", failed(reason));
      expect(isOutOfReach(cache, "IPClaim")).to.equal(beyond);
      cache.replaceAll("IPClaim", [], "1");
      expect(isOutOfReach(cache, "IPClaim")).to.equal(false);
    });
  }

  it("say once what several say of permissions", () => {
    const list = { verb: "list", group: "", resource: "nodes" } as const;
    const watch = { ...list, verb: "watch" } as const;
    const merged = mergeTroubles([
      { code: "PermissionMissing", permissions: [list] },
      { code: "ApiUnreachable", why: "x" },
      { code: "PermissionMissing", permissions: [list, watch] },
    ]);
    expect(merged).to.deep.equal([
      { code: "PermissionMissing", permissions: [list, watch] },
      { code: "ApiUnreachable", why: "x" },
    ]);
  });
});
