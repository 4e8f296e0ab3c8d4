import type { Millis } from "@fairlead/runtime";
import { MOST_ASKED, QUESTIONS, TICK, type WatchedNode } from "./types.ts";

/** Between two questions to a node that answers while its speaker is silent, or that is lost. */
const CALM: Millis = 500;

/** Between two questions to a node that is well: they show that questions reach it. */
const CHECK: Millis = 30_000;

/** After a check that was not answered. */
const CHECK_AGAIN: Millis = 1_000;

/** The nodes to ask now: those in doubt first, then those that were asked longest ago, no more than there is time for. */
export function dueNodes(nodes: ReadonlyMap<string, WatchedNode>, now: Millis): string[] {
  const due: { readonly name: string; readonly isUrgent: boolean; readonly askedAt: Millis }[] = [];
  for (const [name, node] of nodes) {
    if (node.state === "Unknown") continue;
    const pause = pauseBefore(node);
    if (now - node.askedAt >= pause) due.push({ name, isUrgent: pause === TICK, askedAt: node.askedAt });
  }
  if (due.length > MOST_ASKED) {
    due.sort((a, b) => Number(b.isUrgent) - Number(a.isUrgent) || a.askedAt - b.askedAt || (a.name < b.name ? -1 : 1));
  }
  return due.slice(0, MOST_ASKED).map(({ name }) => name);
}

// Between the last question and the next one.
function pauseBefore(node: WatchedNode): Millis {
  switch (node.state) {
    case "Unknown":
    case "Heard":
      return node.suspected ? TICK : pauseBeforeCheck(node);
    case "SpeakerSilent":
      if (!node.answers) return pauseBeforeCheck(node);
      return node.unanswered === 0 ? CALM : TICK;
    case "NodeLost":
      return CALM;
    case "NodeReturning":
      return TICK;
  }
}

function pauseBeforeCheck({ unanswered }: WatchedNode): Millis {
  return unanswered > 0 && unanswered < QUESTIONS ? CHECK_AGAIN : CHECK;
}
