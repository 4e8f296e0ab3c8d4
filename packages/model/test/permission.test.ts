import { expect } from "chai";
import { describePermissions, permissions } from "../src/permission.ts";

describe("permissions", () => {
  it("are one for each verb and resource", () => {
    expect(
      permissions("", ["services", "nodes"], ["list", "watch"]).map((one) => `${one.verb} ${one.resource}`),
    ).to.deep.equal([...["list services", "watch services", "list nodes", "watch nodes"]]);
  });

  for (const [what, all, text] of [
    ["a core resource", permissions("", ["services"], ["list", "watch"]), "list and watch services"],
    [
      "a subresource of a group",
      permissions("fairlead.dev", ["ipclaims/status"], ["patch"]),
      "patch ipclaims.fairlead.dev/status",
    ],
    [
      "one object in a namespace",
      permissions("coordination.k8s.io", ["leases"], ["get"], { namespace: "a", name: "b" }),
      "get leases.coordination.k8s.io called b in namespace a",
    ],
    [
      "several resources",
      [
        ...permissions("", ["events"], ["create"]),
        ...permissions("", ["nodes"], ["list"]),
        ...permissions("", ["events"], ["get"]),
      ],
      "create and get events; list nodes",
    ],
  ] as const) {
    it(`are told of ${what}`, () => expect(describePermissions(all)).to.equal(text));
  }
});
