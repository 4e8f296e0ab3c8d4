import type { Millis } from "@fairlead/runtime";
import type { Doubt } from "../packet/doubt.ts";
import type { Holding, Stranger } from "./state.ts";
import type { Reluctance } from "./steadiness.ts";

/** Every {@link ReleaseCause}; docs/troubleshooting.md has a heading for each. */
export const RELEASE_CAUSES = [
  "NotWanted",
  "NotCandidate",
  "RivalWins",
  "Leaving",
  "AddressInUse",
  "OwnerAnswers",
] as const;

/** Why a node gives an address up. */
export type ReleaseCause = (typeof RELEASE_CAUSES)[number];

/** What ownership wants done, in order. */
export type OwnershipEffect =
  | { readonly kind: "own"; readonly address: string; readonly holding: Holding }
  | {
      readonly kind: "release";
      readonly address: string;
      readonly epoch: number;
      readonly cause: ReleaseCause;
      readonly to?: string;
    }
  /** A rival was heard and lost: neighbours may have believed it. */
  | { readonly kind: "reannounce"; readonly address: string; readonly rival: string }
  /** This node answers these parts of the clients of an address from now on; the gained ones are new. */
  | {
      readonly kind: "share";
      readonly address: string;
      readonly slots: ReadonlySet<number>;
      readonly gained: ReadonlySet<number>;
    }
  | { readonly kind: "sendTable" }
  /** All on the link are to be asked whether they have the address. */
  | { readonly kind: "probe"; readonly address: string }
  /** The one that has the address is to be asked, as any neighbour does. */
  | { readonly kind: "ask"; readonly address: string }
  /** All that answers is to be made again, and the address announced: another speaker saw it go wrong. */
  | { readonly kind: "repair"; readonly address: string; readonly code: Doubt["code"]; readonly by: string }
  /** A stranger was seen; `isNews` if not this one before. */
  | { readonly kind: "stranger"; readonly address: string; readonly stranger: Stranger; readonly isNews: boolean }
  | { readonly kind: "strangerGone"; readonly address: string; readonly stranger: Stranger }
  /** This node has become reluctant, or is so no more (undefined). */
  | { readonly kind: "reluctance"; readonly reluctance: Reluctance | undefined }
  /** A heartbeat was not taken. */
  | { readonly kind: "ignored"; readonly node: string; readonly cause: "Replayed" | "Unproven" }
  | { readonly kind: "slept"; readonly millis: Millis }
  /** A speaker is heard; `isBack` if it had fallen silent before. */
  | { readonly kind: "peerUp"; readonly node: string; readonly isBack: boolean }
  | { readonly kind: "peerDown"; readonly node: string };
