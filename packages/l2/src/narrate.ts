import type { Log } from "@fairlead/runtime";
import { CLIENT_SLOTS } from "./client-hash.ts";
import { conflicts, heartbeatsIgnored, takeOverGap } from "./metrics.ts";
import type { OwnershipEffect } from "./ownership/effect.ts";

/** Tells what ownership on a link wants done, or has found: in the log, and in metrics. What owners do is told by others. */
export function narrate(effect: OwnershipEffect, link: string, log: Log): void {
  switch (effect.kind) {
    case "own": {
      const { since, silentSince } = effect.holding;
      if (silentSince !== undefined) takeOverGap.observe((since - silentSince) / 1_000);
      return;
    }
    case "share": {
      const { address, slots } = effect;
      log.info({ address, link, parts: slots.size, of: CLIENT_SLOTS }, "answering a part of the clients");
      return;
    }
    case "repair": {
      const { address, code: reason, by } = effect;
      log.warn({ address, link, reason, by }, "another speaker's wire check of this address failed; repairing");
      return;
    }
    case "stranger":
      conflicts.inc({ reason: effect.stranger.code });
      return;
    case "strangerGone": {
      const { address, stranger } = effect;
      log.info({ address, link, mac: stranger.mac }, "nobody else has the address any more");
      return;
    }
    case "slept":
      log.warn({ link, millis: Math.round(effect.millis) }, "the speaker was stopped for a while; listening first");
      return;
    case "peerUp":
      log.info({ link, peer: effect.node }, "speaker heard");
      return;
    case "peerDown":
      log.warn({ link, peer: effect.node }, "speaker silent");
      return;
    case "reluctance":
      if (effect.reluctance !== "HoldDown") return;
      log.warn({ link }, "lost three times within a minute; taking over only what no other node can");
      return;
    case "ignored":
      heartbeatsIgnored.inc({ cause: effect.cause });
      log.debug({ link, peer: effect.node, cause: effect.cause }, "heartbeat ignored");
      return;
    case "reannounce":
    case "release":
    case "sendTable":
    case "probe":
    case "ask":
      return;
  }
}
