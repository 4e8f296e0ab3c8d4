export { RecordedConntrack } from "./recorded-conntrack.ts";
