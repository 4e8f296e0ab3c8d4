import { getSystemErrorName } from "node:util";
import { decodeNetlink, NETLINK, NetlinkSocket, NLMSG, readHostU32, SystemCallError } from "@fairlead/linux";
import { refreshElementBatch, type TimedElement } from "../packet/set-element.ts";

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

/** Refreshes one element of a set again and again over one netlink socket, without a process for each time. */
export class NetlinkGate {
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

  /** Leaves the element to its timeout. */
  close(): void {
    this.#open = false;
    this.#socket.close();
  }

  #attempt(): string | undefined {
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#socket.send(refreshElementBatch(this.#element, this.#sequence));
    let first: string | undefined;
    for (let datagram = this.#socket.receive(); datagram !== undefined; datagram = this.#socket.receive()) {
      for (const message of decodeNetlink(datagram)) {
        if (message.type !== NLMSG.error) continue;
        const error = readHostU32("netlink error", message.payload.subarray(0, 4)) | 0;
        if (error !== 0) first ??= getSystemErrorName(error);
      }
    }
    return first;
  }
}
