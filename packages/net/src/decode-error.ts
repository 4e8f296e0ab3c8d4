/** Thrown by every codec for octets that are not what they should be, and by nothing else. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}
