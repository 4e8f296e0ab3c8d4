export { type ClusterRehearsal, rehearseCluster, type SurveyedRest } from "./rehearse-cluster.ts";
