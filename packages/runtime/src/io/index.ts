export { systemClock } from "./clock.ts";
export { serveHealth } from "./http.ts";
export { createLog } from "./log.ts";
export { returnMemoryWhenIdle } from "./memory.ts";
export { type CommonOptions, createProgram, integer, runProgram, stopSignal } from "./program.ts";
