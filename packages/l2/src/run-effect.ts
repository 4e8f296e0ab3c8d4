import type { Log, Millis } from "@fairlead/runtime";
import type { Announcer } from "./announce/announcer.ts";
import type { AnswerKeeper } from "./answer-keeper.ts";
import type { Layer2Event } from "./events.ts";
import { narrate } from "./narrate.ts";
import type { OwnershipEffect } from "./ownership/effect.ts";
import type { WireWatch } from "./wire/wire-watch.ts";

/** What effects of ownership are done with on one link. */
export interface EffectTools {
  readonly announcer: Announcer;
  readonly answers: AnswerKeeper;
  readonly wire: WireWatch;
  /** Name of the link. */
  readonly link: string;
  /** How long who has an address is asked before this node answers for it. */
  readonly probe: Millis;
  readonly log: Log;
  readonly onEvent: (event: Layer2Event) => void;
}

/** Does what ownership wants done, and tells of it. What is answered and said follows from all effects of an event together. */
export function runEffect(effect: OwnershipEffect, tools: EffectTools): void {
  const { announcer, answers, wire, link, probe, log, onEvent } = tools;
  narrate(effect, link, log);
  switch (effect.kind) {
    case "own":
      announcer.begin(effect.address);
      onEvent({ kind: "moved", move: { ...effect, link } });
      return;
    case "release":
      announcer.end(effect.address);
      onEvent({ kind: "moved", move: { ...effect, link } });
      return;
    case "probe":
      wire.probe(effect.address, probe);
      return;
    case "ask":
      wire.ask(effect.address);
      return;
    case "repair":
      announcer.begin(effect.address);
      answers.repair();
      return;
    case "reannounce": {
      const { address, rival } = effect;
      if (!announcer.answerRival(address)) return;
      log.warn({ address, link, rival }, "another node answered for this address too; announcing it again");
      return;
    }
    case "stranger": {
      const { address, stranger, isNews } = effect;
      // Neighbours believe whoever spoke last; two that both do this must not drown the link (RFC 5227 §2.4).
      if (stranger.code === "AddressConflict") announcer.defend(address);
      if (!isNews) return;
      onEvent({ kind: "conflict", conflict: { address, link, ...stranger } });
      onEvent({ kind: "changed" });
      return;
    }
    case "peerUp":
      // What neighbours and switches beyond the fault have learned meanwhile may be wrong.
      if (effect.isBack) announcer.beginAll();
      onEvent({ kind: "changed" });
      return;
    case "peerDown":
    case "share":
    case "strangerGone":
    case "reluctance":
      onEvent({ kind: "changed" });
      return;
    case "slept":
    case "ignored":
    case "sendTable":
      return;
  }
}
