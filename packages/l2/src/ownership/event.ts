import type { Mac } from "@fairlead/net";
import type { Heartbeat } from "../packet/heartbeat.ts";
import type { Candidates, LinkEnd } from "./state.ts";

/** What can happen to ownership. */
export type OwnershipEvent =
  /** What is to be answered for; `ready` once this node forwards for it. */
  | { readonly kind: "wanted"; readonly wanted: ReadonlyMap<string, Candidates>; readonly ready: boolean }
  | { readonly kind: "link"; readonly link: LinkEnd }
  | { readonly kind: "heard"; readonly heartbeat: Heartbeat }
  /** Somebody who is no speaker said to have an address. */
  | { readonly kind: "sighted"; readonly address: string; readonly mac: Mac }
  /** Another speaker said to have an address. */
  | { readonly kind: "seen"; readonly address: string; readonly node: string }
  | { readonly kind: "tick" }
  | { readonly kind: "leave" };
