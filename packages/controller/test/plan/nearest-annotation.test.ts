import { ANNOTATIONS } from "@fairlead/kube";
import { expect } from "chai";
import { nearestAnnotation } from "../../src/plan/nearest-annotation.ts";
import { Replica, World } from "../world.ts";

describe("an annotation that nobody knows", () => {
  for (const [key, nearest] of [
    ["fairlead.dev/loadbalancer-ip", ANNOTATIONS.loadBalancerIPs],
    ["fairlead.dev/pool", ANNOTATIONS.addressPool],
    ["fairlead.dev/addres-pool", ANNOTATIONS.addressPool],
    ["fairlead.dev/realocate", ANNOTATIONS.reallocate],
  ] as const) {
    it(`is nearest to ${nearest} if it is ${key}`, () => expect(nearestAnnotation(key).nearest).to.equal(nearest));
  }

  it("is warned of on a Service that is served, and on no other", () => {
    const world = new World();
    const annotations = { "fairlead.dev/addres-pool": "lan", [ANNOTATIONS.addressPool]: "lan", "example.com/x": "" };
    world.service("a", {}, { annotations });
    world.service("b", { type: "ClusterIP" }, { annotations });
    const { warnings } = new Replica(world.cluster).plan();
    expect(warnings.map(({ service, key }) => `${service.name} ${key}`)).to.deep.equal(["a fairlead.dev/addres-pool"]);
  });
});
