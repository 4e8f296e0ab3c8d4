export { NODE_REASONS } from "./reachability/reasons.ts";
export type { CandidateSet, Layer2Survey } from "./survey/layer2.ts";
export { type ClusterView, SPEAKER_KINDS, viewOf } from "./survey/snapshot.ts";
export { type Survey, type SurveyedAddress, survey } from "./survey/survey.ts";
