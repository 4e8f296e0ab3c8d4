import type { AddressRange } from "./range.ts";

interface Run {
  first: bigint;
  last: bigint;
}

/**
 * A set of addresses of one family, kept as ascending runs with a gap between any two: whether an address is in it, and
 * which is the next that is not, take O(log n) however full it is.
 */
export class AddressSet {
  readonly #runs: Run[] = [];

  /** Adds the address with this integer; one that is there already stays. */
  add(value: bigint): void {
    const at = this.#firstEndingAtOrAfter(value - 1n);
    const run = this.#runs[at];
    if (run === undefined || run.first > value + 1n) {
      this.#runs.splice(at, 0, { first: value, last: value });
    } else if (run.first === value + 1n) run.first = value;
    else if (run.last === value - 1n) {
      const next = this.#runs[at + 1];
      run.last = value;
      if (next?.first !== value + 1n) return;
      run.last = next.last;
      this.#runs.splice(at + 1, 1);
    }
  }

  /** Removes the address with this integer, if it is there. */
  delete(value: bigint): void {
    const at = this.#firstEndingAtOrAfter(value);
    const run = this.#runs[at];
    if (run === undefined || run.first > value) return;
    const rest = [
      { first: run.first, last: value - 1n },
      { first: value + 1n, last: run.last },
    ].filter(({ first, last }) => first <= last);
    this.#runs.splice(at, 1, ...rest);
  }

  /** Whether the address with this integer is in the set. */
  has(value: bigint): boolean {
    return this.nextAbsent(value) !== value;
  }

  /** The lowest integer, from this one up, that is not in the set. */
  nextAbsent(from: bigint): bigint {
    const run = this.#runs[this.#firstEndingAtOrAfter(from)];
    return run === undefined || run.first > from ? from : run.last + 1n;
  }

  /** What of a range is in the set, ascending. */
  within({ family, first, last }: AddressRange): AddressRange[] {
    const found: AddressRange[] = [];
    for (let at = this.#firstEndingAtOrAfter(first); ; at++) {
      const run = this.#runs[at];
      if (run === undefined || run.first > last) return found;
      found.push({ family, first: run.first > first ? run.first : first, last: run.last < last ? run.last : last });
    }
  }

  #firstEndingAtOrAfter(value: bigint): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle] as Run).last < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
