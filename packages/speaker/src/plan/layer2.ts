import type { WantedAddress } from "@fairlead/l2";
import type { Survey } from "../survey/survey.ts";
import type { CandidateNodes, Plan, PlannedLayer2 } from "./plan.ts";

/** What Layer 2 is to do on a node. */
export function planLayer2(survey: Survey, node: string): Pick<Plan, "layer2" | "candidates"> {
  const layer2 = new Map<string, PlannedLayer2>();
  const candidates = new Map<string, CandidateNodes>();
  for (const [address, { layer2: surveyed }] of survey) {
    const { key, nodes } = surveyed.candidates;
    candidates.set(key, nodes);
    const refusal = surveyed.refusal(node);
    layer2.set(address, {
      candidates: key,
      ...(surveyed.groups.length > 0 && { groups: surveyed.groups }),
      ...(surveyed.isShared && { isShared: true }),
      ...(refusal !== undefined && { refusal }),
    });
  }
  return { layer2, candidates };
}

/** The addresses of a plan as Layer 2 wants them. */
export function layer2Addresses({ layer2, candidates }: Pick<Plan, "layer2" | "candidates">): WantedAddress[] {
  return Array.from(layer2, ([address, { candidates: key, groups, isShared }]) => ({
    address,
    nodes: candidates.get(key) ?? new Map(),
    ...(groups !== undefined && { groups }),
    ...(isShared !== undefined && { isShared }),
  }));
}
