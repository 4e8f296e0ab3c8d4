// Runs all benchmarks, or those named: hack/sandbox node test/bench/main.ts [NAME ...]. Prints JSON lines.
import { benchAllocate } from "./allocate.ts";
import { benchAllocateInMemory } from "./allocate-in-memory.ts";
import { benchArp } from "./arp.ts";
import { benchArpWhileRelisting } from "./arp-while-relisting.ts";
import { benchColdStart } from "./cold-start.ts";
import { benchFailover } from "./failover.ts";
import { benchForwarding } from "./forwarding.ts";
import { benchIncidents } from "./incidents.ts";
import { benchManyAddresses } from "./many-addresses.ts";
import { benchManyServices } from "./many-services.ts";
import { benchMemory } from "./memory.ts";
import { benchPulse } from "./pulse.ts";
import { benchRestart } from "./restart.ts";
import { benchStartup } from "./startup.ts";

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  arp: benchArp,
  forwarding: benchForwarding,
  arpWhileRelisting: benchArpWhileRelisting,
  allocate: benchAllocate,
  allocateInMemory: benchAllocateInMemory,
  coldStart: benchColdStart,
  memory: benchMemory,
  restart: benchRestart,
  failover: benchFailover,
  manyAddresses: benchManyAddresses,
  manyServices: benchManyServices,
  pulse: benchPulse,
  incidents: benchIncidents,
  startup: benchStartup,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`bench: Cannot run ${unknown}: it must be one of ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length === 0 || names.includes(name)) await bench();
}
process.exit(0); // connections that are kept open would keep this process alive
