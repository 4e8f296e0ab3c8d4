/**
 * Why a script is not in effect: there is no nft program; we lack CAP_NET_ADMIN; or nft or the kernel refused the script
 * (its syntax, a name that is not there, an element that is already there with another value).
 */
export type NftErrorKind = "NotInstalled" | "NotPermitted" | "Refused";

/** Thrown by {@link Nft.load}. */
export class NftError extends Error {
  override readonly name = "NftError";
  readonly kind: NftErrorKind;
  /** The line of the script that was refused, from 1; undefined when nft named none. */
  readonly line: number | undefined;

  constructor(kind: NftErrorKind, message: string, options: { readonly line?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.line = options.line;
  }
}

/** How a finished nft process ended. */
export interface NftExit {
  /** Exit status; undefined when a signal ended it. */
  readonly status: number | undefined;
  /** The signal that ended it, as "SIGSEGV". */
  readonly signal: string | undefined;
  readonly stderr: string;
}

/** The error that a failed run of nft means; undefined if it succeeded. */
export function nftExitError(exit: NftExit, script: string): NftError | undefined {
  if (exit.status === 0) return undefined;
  const got = exit.status === undefined ? `it ended by ${exit.signal}` : `it exited with status ${exit.status}`;
  if (/operation not permitted/i.test(exit.stderr)) {
    return new NftError(
      "NotPermitted",
      `Cannot load nftables script: CAP_NET_ADMIN is needed, got ${firstError(exit)}`,
    );
  }
  const line = refusedLine(exit.stderr);
  const where = line === undefined ? "" : ` at line ${line} (${excerpt(script.split("\n")[line - 1] ?? "")})`;
  return new NftError(
    "Refused",
    `Cannot load nftables script: nft must accept it, but ${got}${where}: ${firstError(exit)}`,
    line === undefined ? {} : { line },
  );
}

// nft points at the refused text as FILE:LINE:COLUMN-COLUMN, or says internal:0:0-0.
function refusedLine(stderr: string): number | undefined {
  const match = /^\S*:([1-9]\d*):\d+(?:-\d+)?: Error/m.exec(stderr);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

function firstError({ stderr }: NftExit): string {
  const match = /Error: (.*)/.exec(stderr);
  return match?.[1] ?? (stderr.trim() === "" ? "no message" : excerpt(stderr.trim()));
}

function excerpt(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= 120 ? trimmed : `${trimmed.slice(0, 120)}...`;
}
