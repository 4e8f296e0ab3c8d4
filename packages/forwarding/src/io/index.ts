export { ConntrackCommand } from "./conntrack.ts";
