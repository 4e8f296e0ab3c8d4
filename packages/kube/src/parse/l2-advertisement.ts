import type { L2Advertisement, ObjectRef } from "@fairlead/model";
import { parsePrefix, prefixRange } from "@fairlead/net";
import { z } from "zod";
import { l2Advertisement } from "../schema/l2-advertisement.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { readSelector } from "./label-selector.ts";
import { check, parseEach, type Read } from "./read.ts";

const L2_ADVERTISEMENT = z.object({ spec: l2Advertisement.spec });

/** Reads an L2Advertisement. */
export function readL2Advertisement(ref: ObjectRef, _meta: ObjectMeta, raw: unknown): Read<L2Advertisement> {
  const checked = check(ref, L2_ADVERTISEMENT, raw);
  if ("problems" in checked) return checked;
  const { spec } = checked.value;
  const subnets = parseEach(ref, "spec.subnets", spec.subnets, (text) => prefixRange(parsePrefix(text)));
  if (subnets.problems.length > 0) return subnets;
  return {
    value: {
      name: ref.name,
      ipAddressPools: spec.ipAddressPools,
      ipAddressPoolSelectors: spec.ipAddressPoolSelectors.map(readSelector),
      nodeSelectors: spec.nodeSelectors.map(readSelector),
      serviceSelectors: spec.serviceSelectors.map(readSelector),
      links: { interfaces: spec.interfaces, subnets: subnets.values, exclude: spec.exclude },
      share: spec.share,
      preferredNodes: spec.preferredNodeSelectors.map(({ weight, preference }) => {
        return { weight, selector: readSelector(preference) };
      }),
    },
  };
}
