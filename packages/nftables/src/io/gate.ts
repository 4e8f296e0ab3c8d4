import { getSystemErrorName } from "node:util";
import {
  decodeNetlink,
  encodeNetlink,
  type NetlinkMessage,
  NLM_F,
  NLMSG,
  readHostU32,
  SystemCallError,
} from "@fairlead/linux";
import { NETLINK, NetlinkSocket } from "@fairlead/linux/io";
import { decodeCounter, objectDumpRequest } from "../packet/counter.ts";
import { refreshElementBatch } from "../packet/set-element.ts";
import type { Gate, TimedElement } from "../ports.ts";

/**
 * Thrown at nobody, but handed to the callback of {@link NetlinkGate}: the kernel refused to refresh an element. `code`
 * is the error's name; ENOENT when table or set are not there, EPERM without CAP_NET_ADMIN.
 */
export class GateError extends Error {
  override readonly name = "GateError";
  readonly code: string;

  constructor({ table, set }: TimedElement, code: string, options?: { readonly cause: unknown }) {
    super(`Cannot refresh element of set "${set}" in table netdev "${table}": kernel answered ${code}`, options);
    this.code = code;
  }
}

/**
 * Refreshes one element of a set again and again over one netlink socket, without a process for each time, and reads the
 * counters of its table: a socket of its own for each time would cost milliseconds, since the kernel takes care of all
 * transactions when one is closed.
 */
export class NetlinkGate implements Gate {
  readonly #socket = new NetlinkSocket(NETLINK.netfilter);
  readonly #element: TimedElement;
  readonly #onError: (error: GateError) => void;
  #sequence = 0;
  #open = true;

  /**
   * @param onError - told of each refresh that failed, before {@link refresh} returns. The next one may succeed.
   * @throws SystemCallError when no netlink socket can be had.
   */
  constructor(element: TimedElement, onError: (error: GateError) => void) {
    this.#element = element;
    this.#onError = onError;
  }

  /** Gives the element its whole timeout again, or puts it back. Waits while another nftables transaction runs. */
  refresh(): void {
    if (!this.#open) return;
    try {
      // On old kernels the element may run out between two messages of the batch: only then a second try helps.
      const code = this.#attempt() === undefined ? undefined : this.#attempt();
      if (code !== undefined) this.#onError(new GateError(this.#element, code));
    } catch (cause) {
      const code = cause instanceof SystemCallError ? cause.code : "an answer that cannot be read";
      this.#onError(new GateError(this.#element, code, { cause }));
    }
  }

  /**
   * The named counters of the element's table, as packets by name; empty where there is no such table. Undefined when the
   * table was changed meanwhile: ask again.
   *
   * @throws SystemCallError when the kernel cannot be asked, DecodeError when its answer cannot be read.
   */
  counters(): ReadonlyMap<string, number> | undefined {
    const messages = this.#exchange(encodeNetlink([objectDumpRequest(this.#element.table, this.#next())]));
    if (messages.some(({ flags }) => (flags & NLM_F.dumpInterrupted) !== 0)) return undefined;
    const counters = messages.flatMap((message) => decodeCounter(message) ?? []);
    return new Map(counters.map(({ name, packets }) => [name, packets]));
  }

  /** Leaves the element to its timeout. */
  close(): void {
    this.#open = false;
    this.#socket.close();
  }

  #attempt(): string | undefined {
    const answers = this.#exchange(refreshElementBatch(this.#element, this.#next()));
    const errors = answers.flatMap(({ type, payload }) => {
      const error = type === NLMSG.error ? readHostU32("netlink error", payload.subarray(0, 4)) | 0 : 0;
      return error === 0 ? [] : [getSystemErrorName(error)];
    });
    return errors[0];
  }

  #next(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }

  #exchange(request: Uint8Array): NetlinkMessage[] {
    this.#socket.send(request);
    const messages: NetlinkMessage[] = [];
    for (let datagram = this.#socket.receive(); datagram !== undefined; datagram = this.#socket.receive()) {
      messages.push(...decodeNetlink(datagram));
    }
    return messages;
  }
}
