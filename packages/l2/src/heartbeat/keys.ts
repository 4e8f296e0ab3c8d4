import { createHmac, timingSafeEqual } from "node:crypto";
import type { Millis } from "@fairlead/runtime";
import type { Envelope } from "../packet/envelope.ts";

/** How long a new key is only accepted before it signs: other nodes may get to see it later than this one. */
const SIGN_AFTER: Millis = 180_000;

/** How long a key that was taken away is still accepted: others may sign with it still. */
const ACCEPT_FOR: Millis = 600_000;

/** Why an envelope is not opened: it has no tag although there are keys, or one that none of them makes. */
export type EnvelopeRefusal = "Unauthenticated" | "WrongKey";

/**
 * The keys that the speakers of a cluster share. They can be exchanged while all run, although no two nodes see the new
 * ones at the same time: a new key is accepted at once and signs 3 minutes later; one that was taken away is accepted for
 * 10 minutes more. To have no key at first, and then one, is the same. Keys are not given up for none.
 */
export class HeartbeatKeys {
  /** Until when each key is accepted; undefined stands for no key. */
  readonly #accepted = new Map<string | undefined, Millis>();
  #signing: string | undefined;
  #next: { readonly key: string; readonly at: Millis } | undefined;

  /** @param keys - those of the start, none of which need wait: the first one signs, all are accepted. */
  constructor(keys: readonly string[] = []) {
    [this.#signing] = keys;
    for (const key of keys.length > 0 ? keys : [undefined]) this.#accepted.set(key, Number.POSITIVE_INFINITY);
  }

  /** Whether there is a key: one that signs, or is about to. */
  get present(): boolean {
    return this.#signing !== undefined || this.#next !== undefined;
  }

  /** Takes the keys that there are now, the first of which is to sign; none leaves all as it is. */
  replace(keys: readonly string[], now: Millis): void {
    const [first] = keys;
    if (first === undefined) return;
    for (const [key, until] of this.#accepted) {
      const isGone = until === Number.POSITIVE_INFINITY && (key === undefined || !keys.includes(key));
      if (isGone) this.#accepted.set(key, now + ACCEPT_FOR);
    }
    for (const key of keys) this.#accepted.set(key, Number.POSITIVE_INFINITY);
    if (first === this.#signing) this.#next = undefined;
    else if (first !== this.#next?.key) this.#next = { key: first, at: now + SIGN_AFTER };
  }

  /** A body with its tag; without, if there is no key. */
  seal(body: Uint8Array, now: Millis): Envelope {
    if (this.#next !== undefined && now >= this.#next.at) {
      this.#signing = this.#next.key;
      this.#next = undefined;
    }
    return this.#signing === undefined ? { body } : { tag: tagOf(this.#signing, body), body };
  }

  /** The body of an envelope, if it is to be believed: without any key, each is. */
  open({ tag, body }: Envelope, now: Millis): { readonly body: Uint8Array } | { readonly refusal: EnvelopeRefusal } {
    const accepted = [...this.#accepted].filter(([, until]) => now < until).map(([key]) => key);
    const keys = accepted.filter((key) => key !== undefined);
    if (keys.length === 0) return { body };
    if (tag === undefined) return accepted.includes(undefined) ? { body } : { refusal: "Unauthenticated" };
    return keys.some((key) => timingSafeEqual(tag, tagOf(key, body))) ? { body } : { refusal: "WrongKey" };
  }
}

// The tag is of this protocol and version alone, whatever else the key may be used for.
function tagOf(key: string, body: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update("FLHB 2").update(body).digest();
}
