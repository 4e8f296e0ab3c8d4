import type { Holding, Move, TakeOverCause } from "@fairlead/l2";
import { describeAnnouncementRefusal } from "@fairlead/model";
import { formatTime } from "@fairlead/runtime";
import { type KnownAddress, noteServices, type TellOptions } from "../note.ts";
import { serviceNames } from "../service-names.ts";
import { moves } from "./metrics.ts";
import { MOST_MOVES, type RecentMove } from "./status.ts";

/** Tells of addresses that change hands, as far as this node is concerned: log, Event, metric; and remembers the last ones. */
export class Moves {
  readonly #options: TellOptions;
  #recent: readonly RecentMove[] = [];

  constructor(options: TellOptions) {
    this.#options = options;
  }

  /** The last moves, latest first. */
  get recent(): readonly RecentMove[] {
    return this.#recent;
  }

  /** @param planned - what the plan says of the address; undefined if nothing any more. */
  tell(move: Move, planned: KnownAddress | undefined): void {
    const { log, node } = this.#options;
    const { address, link } = move;
    const service = planned && serviceNames(planned);
    this.#remember(move, service ?? "");
    if (move.kind === "release") {
      const { epoch, cause, to } = move;
      moves.inc({ direction: "release", cause });
      const why = planned?.refusal && describeAnnouncementRefusal(planned.refusal);
      log.info({ address, service, link, epoch, cause, to, why }, "address withdrawn");
      return;
    }
    const { epoch, cause, previous } = move.holding;
    moves.inc({ direction: "own", cause });
    log.info({ address, service, link, epoch, cause, previous }, "address announced: this node owns it");
    const message = `${node} answers for ${address} on ${link}: ${becauseOf(cause, previous)}`;
    noteServices(planned, { type: "Normal", reason: "AddressAnnounced", message }, this.#options);
  }

  #remember(move: Move, service: string): void {
    const { address, link } = move;
    const base = { address, service, link, at: formatTime(this.#options.clock.now()) };
    const recent: RecentMove =
      move.kind === "own"
        ? {
            ...base,
            direction: "taken",
            cause: move.holding.cause,
            ...peerOf(move.holding.previous),
            ...gapOf(move.holding),
          }
        : { ...base, direction: "givenUp", cause: move.cause, ...peerOf(move.to) };
    this.#recent = [recent, ...this.#recent].slice(0, MOST_MOVES);
  }
}

function peerOf(peer: string | undefined): Pick<RecentMove, "peer"> {
  return peer === undefined ? {} : { peer };
}

function gapOf({ since, silentSince }: Holding): Pick<RecentMove, "gapMilliseconds"> {
  return silentSince === undefined ? {} : { gapMilliseconds: Math.round(since - silentSince) };
}

function becauseOf(cause: TakeOverCause, previous: string | undefined): string {
  switch (cause) {
    case "NoOwner":
      return "nobody did";
    case "OwnerSilent":
      return `${previous} fell silent`;
    case "OwnerLeaving":
      return `${previous} is leaving`;
    case "OwnerReleased":
      return `${previous} gave it up`;
  }
}
