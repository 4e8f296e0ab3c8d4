import { HEADER_LENGTH, type Header, readHeader } from "./header.ts";
import { type MessageFault, orFault } from "./message-error.ts";

/** A message cut out of the stream: what it is, and all its octets, header included. */
export interface Frame extends Header {
  readonly octets: Uint8Array;
}

/**
 * Cuts a TCP stream into messages by their length (RFC 4271 §4.1), in time linear in its octets however they arrive. Holds what was
 * put in and not yet taken out, which is less than one message once `next` has returned undefined.
 */
export class Framer {
  #buffer = new Uint8Array(8192);
  #start = 0;
  #end = 0;

  /** Adds octets that arrived; they are copied. */
  push(octets: Uint8Array): void {
    if (this.#end + octets.length > this.#buffer.length) this.#makeRoom(octets.length);
    this.#buffer.set(octets, this.#end);
    this.#end += octets.length;
  }

  /**
   * Takes out the next message; undefined until all of it is there. Once a header is none, it is that fault for ever: where the next
   * message begins is not known.
   *
   * @param maxLength - octets of the longest message that the session allows by now.
   */
  next(maxLength: number): Frame | MessageFault | undefined {
    if (this.#end - this.#start < HEADER_LENGTH) return undefined;
    const header = orFault("MessageHeaderError", () => readHeader(this.#buffer, this.#start, maxLength));
    if (header.kind === "error") return header;
    if (this.#end - this.#start < header.length) return undefined;
    const octets = this.#buffer.slice(this.#start, this.#start + header.length);
    this.#start += header.length;
    return { ...header, octets };
  }

  // At least half of the buffer is free afterwards, so that what is moved is less than what was taken out since the last time.
  #makeRoom(length: number): void {
    const kept = this.#buffer.subarray(this.#start, this.#end);
    const needed = 2 * (kept.length + length);
    if (needed > this.#buffer.length) {
      this.#buffer = new Uint8Array(needed);
      this.#buffer.set(kept);
    } else {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = kept.length;
  }
}
