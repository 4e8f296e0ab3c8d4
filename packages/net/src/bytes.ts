import { addressFromOctets, addressOctets, type Family, type IpAddress } from "./address.ts";
import { DecodeError } from "./decode-error.ts";
import { type Mac, macFromOctets, macOctets } from "./mac.ts";

/**
 * Reads fields in network byte order (big-endian) from the front of some octets. Every method that cannot read what it
 * is asked for throws a {@link DecodeError} that names what is decoded, the field, its offset, what must hold and what
 * there is.
 */
export class ByteReader {
  readonly #what: string;
  readonly #view: DataView;
  #offset = 0;

  /** @param what - what the octets should be, for error messages: "ARP packet". */
  constructor(what: string, octets: Uint8Array) {
    this.#what = what;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  /** Octets not yet read. */
  get remaining(): number {
    return this.#view.byteLength - this.#offset;
  }

  u8(field: string): number {
    return this.#view.getUint8(this.#take(field, 1));
  }

  u16(field: string): number {
    return this.#view.getUint16(this.#take(field, 2));
  }

  u32(field: string): number {
    return this.#view.getUint32(this.#take(field, 4));
  }

  u64(field: string): bigint {
    return this.#view.getBigUint64(this.#take(field, 8));
  }

  /** A copy of the next `length` octets. */
  octets(field: string, length: number): Uint8Array {
    const start = this.#take(field, length);
    return new Uint8Array(
      this.#view.buffer.slice(this.#view.byteOffset + start, this.#view.byteOffset + start + length),
    );
  }

  address(field: string, family: Family): IpAddress {
    return addressFromOctets(this.octets(field, family === 4 ? 4 : 16));
  }

  mac(field: string): Mac {
    return macFromOctets(this.octets(field, 6));
  }

  /** UTF-8 text of `length` octets. */
  text(field: string, length: number): string {
    const octets = this.octets(field, length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
    } catch (cause) {
      throw new DecodeError(`Cannot decode ${this.#what}: ${field} must be UTF-8`, { cause });
    }
  }

  expectU8(field: string, wanted: number): void {
    this.#expect(field, wanted, this.u8(field));
  }

  expectU16(field: string, wanted: number): void {
    this.#expect(field, wanted, this.u16(field));
  }

  expectU32(field: string, wanted: number): void {
    this.#expect(field, wanted, this.u32(field));
  }

  /** The meaning of a wire value in a table of the allowed ones. */
  oneOf<T>(field: string, value: number, table: ReadonlyMap<number, T>): T {
    const meaning = table.get(value);
    if (meaning === undefined) this.fail(field, `one of ${[...table.keys()].join(", ")}`, String(value));
    return meaning as T;
  }

  /** Requires that every octet has been read. */
  end(): void {
    if (this.remaining > 0) this.fail("end", "no further octets", `${this.remaining}`);
  }

  fail(field: string, must: string, got: string): never {
    throw new DecodeError(`Cannot decode ${this.#what}: ${field} must be ${must}, got ${got}`);
  }

  #expect(field: string, wanted: number, got: number): void {
    if (got !== wanted) this.fail(field, String(wanted), String(got));
  }

  #take(field: string, length: number): number {
    const start = this.#offset;
    if (length > this.remaining) {
      this.fail(`${field} at offset ${start}`, `${length} octets`, `${this.remaining}`);
    }
    this.#offset += length;
    return start;
  }
}

/** Writes fields in network byte order (big-endian); grows as needed. */
export class ByteWriter {
  #octets: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** @param capacity - octets that fit without growing. */
  constructor(capacity = 64) {
    this.#octets = new Uint8Array(capacity);
    this.#view = new DataView(this.#octets.buffer);
  }

  /** Octets written so far. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#octets[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
    return this;
  }

  u64(value: bigint): this {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, value);
    return this;
  }

  octets(octets: Uint8Array): this {
    const at = this.#grow(octets.length);
    this.#octets.set(octets, at);
    return this;
  }

  address(address: IpAddress): this {
    return this.octets(addressOctets(address));
  }

  mac(mac: Mac): this {
    return this.octets(macOctets(mac));
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#octets.slice(0, this.#length);
  }

  #grow(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#octets.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#octets.length * 2));
      larger.set(this.#octets);
      this.#octets = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
