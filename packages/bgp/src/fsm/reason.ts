import type { Capability } from "../packet/capability.ts";
import type { PrefixLimit } from "../packet/explain-notification.ts";

/** What may be behind an attempt to connect that failed; where several are named, they cannot be told apart from here. */
export type ConnectCause =
  | "PeerDown"
  | "PortBlocked"
  | "WrongKey"
  | "TtlCheck"
  | "UnknownSource"
  | "NothingListens"
  | "NoRoute"
  | "SourceMissing"
  | "SystemRefused";

/** Why this speaker ends a session itself, or does not begin one. */
export type StopReason =
  | { readonly code: "AdministrativeShutdown"; readonly text?: string }
  | { readonly code: "Deconfigured" }
  | { readonly code: "ConfigurationChange" }
  | { readonly code: "BfdDown" }
  /** The speaker restarts: the connection closes without a word, so that the peer keeps the routes (RFC 4724 §4). */
  | { readonly code: "Restarting" }
  | { readonly code: "SourceGone" };

/** Why there is no session, or an attempt at one failed. Codes are part of the API. */
export type DownReason =
  | StopReason
  /** `got` is the AS of the peer's OPEN; undefined where the peer refused ours. */
  | { readonly code: "PeerAsnMismatch"; readonly got: number | undefined }
  | { readonly code: "BadRouterId"; readonly by: "local" | "peer" }
  | { readonly code: "UnacceptableHoldTime"; readonly by: "local" | "peer"; readonly seconds: number }
  | { readonly code: "UnsupportedCapability"; readonly capabilities: readonly Capability["kind"][] }
  | { readonly code: "NoCommonFamily" }
  | { readonly code: "RoleMismatch" }
  | { readonly code: "SessionCollision"; readonly by: "local" | "peer" }
  | { readonly code: "HoldTimerExpired"; readonly by: "local" | "peer" }
  | { readonly code: "SendHoldTimerExpired"; readonly by: "local" | "peer" }
  | { readonly code: "ConnectFailed"; readonly causes: readonly ConnectCause[]; readonly error: string | undefined }
  | { readonly code: "ClosedBeforeOpen" }
  | { readonly code: "ConnectionLost"; readonly error: string | undefined }
  | { readonly code: "MaxPrefix"; readonly limit: PrefixLimit | undefined }
  | { readonly code: "PeerShutDown"; readonly text: string }
  | { readonly code: "PeerReset"; readonly text: string }
  | { readonly code: "PeerDeconfigured" }
  | { readonly code: "ConnectionRejected" }
  | { readonly code: "PeerChanged" }
  | { readonly code: "PeerOutOfResources" }
  | { readonly code: "PeerBfdDown" }
  /** The peer's routes and ours go at once (RFC 8538 §3). */
  | { readonly code: "HardReset"; readonly inner: DownReason }
  | { readonly code: "NotificationReceived"; readonly words: string }
  /** The peer sent what no speaker may. */
  | { readonly code: "MalformedMessage"; readonly words: string }
  | { readonly code: "UnexpectedMessage"; readonly message: string };

/** What a failed attempt may be due to. @param error - the kernel's name of the error; undefined when there was no answer in time. */
export function connectFailure(error: string | undefined, hasKey: boolean): DownReason {
  return { code: "ConnectFailed", causes: causesOf(error, hasKey), error };
}

const CAUSES: Readonly<Record<string, readonly ConnectCause[]>> = {
  ECONNREFUSED: ["NothingListens", "PortBlocked"],
  ECONNRESET: ["UnknownSource", "PortBlocked"],
  EHOSTUNREACH: ["NoRoute", "PeerDown"],
  ENETUNREACH: ["NoRoute"],
  EADDRNOTAVAIL: ["SourceMissing"],
  ENODEV: ["SourceMissing"],
};
// A peer with a key answers nothing that is not signed by it, so silence is all there is to see (RFC 2385 §4.1).
const SILENCE: readonly ConnectCause[] = ["PeerDown", "PortBlocked", "TtlCheck"];
const SILENCE_WITH_KEY: readonly ConnectCause[] = ["WrongKey", "UnknownSource", ...SILENCE];

function causesOf(error: string | undefined, hasKey: boolean): readonly ConnectCause[] {
  if (error === undefined || error === "ETIMEDOUT") return hasKey ? SILENCE_WITH_KEY : SILENCE;
  return CAUSES[error] ?? ["SystemRefused"];
}
