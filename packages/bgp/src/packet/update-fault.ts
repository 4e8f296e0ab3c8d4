import { DecodeError, type Family } from "@fairlead/net";

/** What was wrong with an UPDATE that the session outlives, and what is done about it (RFC 7606 §2). */
export type UpdateFault =
  /** The routes that it announces count as withdrawn. */
  | { readonly action: "treatAsWithdraw"; readonly reason: string }
  /** The attribute is passed over, the routes count. */
  | { readonly action: "attributeDiscard"; readonly reason: string }
  /** Which routes are meant is not known: all of the family are forgotten, and later ones ignored. */
  | { readonly action: "disableFamily"; readonly family: Family; readonly reason: string };

/** What `read` returns, or what `fault` makes of why it could not: the DecodeError's message. */
export function readOr<T, F>(read: () => T, fault: (reason: string) => F): T | F {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return fault(error.message);
    throw error;
  }
}
