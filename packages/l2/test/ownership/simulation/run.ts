import type { Millis } from "@fairlead/runtime";
import { ADDRESSES, addressesOf, type Fault, type Scenario } from "./faults.ts";
import { Invariants } from "./invariants.ts";
import { type Host, Segment, STEP } from "./segment.ts";

/** Time that a segment gets to come to rest, detection and listening included. */
const REST: Millis = 4_000;

/**
 * Plays a scenario, checking the invariants all the time; heals everything, and checks that each address ends up with
 * exactly one owner.
 */
export function play({ seed, size, faults }: Scenario): Invariants {
  const segment = new Segment(size, seed);
  const invariants = new Invariants(segment, ADDRESSES);
  const pass = (millis: Millis) => {
    for (const end = segment.now + millis; segment.now < end; ) {
      segment.advance();
      invariants.check();
    }
  };
  for (const host of segment.hosts) {
    segment.want(host, addressesOf(~0));
    segment.start(host);
    pass((seed >> host.index) & 127);
  }
  for (const { after, fault } of faults) {
    pass(after);
    inflict(segment, invariants, fault);
  }
  recover(segment, invariants);
  pass(REST);
  for (const address of ADDRESSES) {
    const owners = segment.hosts.filter((host) => segment.isAnswering(host, address));
    if (owners.length !== 1) {
      throw new Error(`${address} has ${owners.length} owners at rest: ${owners.map(({ name }) => name).join(", ")}`);
    }
  }
  return invariants;
}

function inflict(segment: Segment, invariants: Invariants, fault: Fault): void {
  const hostAt = (index: number) => segment.hosts[index % segment.hosts.length] as Host;
  if (fault.kind !== "start" && fault.kind !== "replay") invariants.disturb();
  switch (fault.kind) {
    case "start": {
      const host = hostAt(fault.host);
      if (!host.running) segment.start(host);
      return;
    }
    case "crash":
      segment.crash(hostAt(fault.host));
      return;
    case "leave":
      segment.leave(hostAt(fault.host));
      return;
    case "pause":
      segment.pause(hostAt(fault.host), fault.millis);
      return;
    case "replay":
      segment.replay(hostAt(fault.host), fault.millis);
      return;
    case "unfit":
      segment.setFit(hostAt(fault.host), segment.unfit.has(hostAt(fault.host).name));
      return;
    case "carrier":
      segment.setCarrier(hostAt(fault.host), !hostAt(fault.host).carrier);
      return;
    case "cut":
      segment.cut(hostAt(fault.host), hostAt(fault.other));
      if (fault.both) segment.cut(hostAt(fault.other), hostAt(fault.host));
      return;
    case "isolate":
      for (const other of segment.hosts) {
        segment.cut(hostAt(fault.host), other);
        segment.cut(other, hostAt(fault.host));
      }
      return;
    case "heal":
      segment.healAll();
      return;
    case "loseFrames":
      segment.loseFrames(fault.millis);
      return;
    case "want":
      segment.want(hostAt(fault.host), addressesOf(fault.bits));
      return;
    case "wantAll":
      for (const host of segment.hosts) segment.want(host, addressesOf(fault.bits));
      return;
  }
}

function recover(segment: Segment, invariants: Invariants): void {
  invariants.breakLinks();
  segment.healAll();
  segment.unfit.clear();
  segment.loseFrames(-STEP);
  for (const host of segment.hosts) {
    host.pausedUntil = Math.min(host.pausedUntil, segment.now);
    segment.setCarrier(host, true);
    segment.want(host, addressesOf(~0));
    if (!host.running || host.leaveBy !== undefined) segment.start(host);
  }
}
