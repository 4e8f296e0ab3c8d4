import type { ObjectRef, ServiceRange } from "@fairlead/model";
import { parsePrefix, prefixRange } from "@fairlead/net";
import { serviceCidr } from "../schema/builtin.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { check, parseEach, type Read } from "./read.ts";

/** Reads a ServiceCIDR. */
export function readServiceRange(ref: ObjectRef, _meta: ObjectMeta, raw: unknown): Read<ServiceRange> {
  const checked = check(ref, serviceCidr, raw);
  if ("problems" in checked) return checked;
  const { cidrs } = checked.value.spec;
  const { values, problems } = parseEach(ref, "spec.cidrs", cidrs, (text) => prefixRange(parsePrefix(text)));
  return problems.length > 0 ? { problems } : { value: { name: ref.name, ranges: values } };
}
