/**
 * A system call failed; `code` is the name of the error, "EPERM", or its meaning, where a library tells no more:
 * "Operation not permitted".
 */
export class SystemCallError extends Error {
  override readonly name = "SystemCallError";
  readonly code: string;

  /** @param what - what we could not do: "open AF_PACKET socket on eth0". */
  constructor(what: string, call: string, code: string) {
    super(`Cannot ${what}: ${call} failed with ${code}`);
    this.code = code;
  }
}
