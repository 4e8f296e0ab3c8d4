import type { ReleaseCause } from "./ownership/effect.ts";
import type { Holding, Stranger } from "./ownership/state.ts";
import type { WireFinding } from "./wire/wire-checks.ts";

/** An address changed hands, as far as this node is concerned. */
export type Move =
  | { readonly kind: "own"; readonly address: string; readonly link: string; readonly holding: Holding }
  | {
      readonly kind: "release";
      readonly address: string;
      readonly link: string;
      readonly epoch: number;
      readonly cause: ReleaseCause;
      readonly to?: string;
    };

/** An address that is wanted and that another host uses, which is not a speaker. */
export interface Conflict extends Stranger {
  readonly address: string;
  readonly link: string;
}

/** What this node sees wrong with an address of another one. */
export interface Finding extends WireFinding {
  readonly link: string;
}

/** What an agent tells of by itself. */
export type Layer2Event =
  | { readonly kind: "moved"; readonly move: Move }
  | { readonly kind: "conflict"; readonly conflict: Conflict }
  | { readonly kind: "finding"; readonly finding: Finding }
  /** The report may have changed for another reason than these. */
  | { readonly kind: "changed" };
