import { expect } from "chai";
import { permissionUsage } from "./permissions.ts";
import { beforeItEnds } from "./shared-cluster.ts";

// What counts is the whole run, and only its end has seen that.
beforeItEnds(async ({ controlPlane }) => {
  const { refused, unused } = await permissionUsage(controlPlane);
  console.log(`  permissions of config/rbac that were not used in this run: ${unused.join(", ") || "none"}`);
  expect(refused, "requests that RBAC refused").to.deep.equal([]);
});
