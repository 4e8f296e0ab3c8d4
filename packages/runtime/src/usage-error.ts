/** Thrown for a configuration that can't be used; the message is the one line that the user gets. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
