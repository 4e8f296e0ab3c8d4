import type { KeyObject } from "node:crypto";
import { compareAddresses, formatAddress, type IpAddress } from "@fairlead/net";
import { SystemCallError } from "../system-call-error.ts";
import type { ConnectOptions, ConnectTcp, ListenOptions, ListenTcp, TcpConnection, TcpEnd, TcpEvents } from "../tcp.ts";

const LONGEST_KEY = 80;

interface Listener {
  readonly options: ListenOptions;
  readonly accept: (connection: TcpConnection) => TcpEvents;
}

/** TCP in memory: octets arrive in order and whole, in turns of promises, but never within the call that sends them. */
export class MemoryTcp {
  /** Addresses that connections may come from; any, while there are none. */
  readonly own: IpAddress[] = [];
  /** Ports that answer nothing, as behind a filter. */
  readonly silent = new Set<number>();
  /** Ports whose side of a connection reads nothing; call {@link read} after taking one out. */
  readonly stalled = new Set<number>();
  readonly #listeners = new Map<string, Listener>();
  readonly #ends = new Set<End>();
  #port = 49_152;

  readonly listen: ListenTcp = (options, accept) => {
    const at = endText(options);
    if (this.#listeners.has(at)) throw new SystemCallError(`listen on ${at}`, "bind", "EADDRINUSE");
    this.#listeners.set(at, { options, accept });
    return { close: () => void this.#listeners.delete(at) };
  };

  readonly connect: ConnectTcp = (options, events) => {
    const local = { address: options.localAddress ?? this.own[0] ?? options.to.address, port: this.#port++ };
    const end = new End({ local, remote: options.to }, events, this);
    queueMicrotask(() => this.#establish(options, end));
    return end;
  };

  /** Lets those read again that were stalled. */
  read(): void {
    for (const end of this.#ends) end.flush();
  }

  #establish(options: ConnectOptions, end: End): void {
    const { to, key } = options;
    const listener = this.#listeners.get(endText(to));
    const failure = this.#failure(options, listener);
    if (failure !== undefined) {
      end.fail(new SystemCallError(`connect to ${endText(to)}`, ...failure));
      return;
    }
    const signs = listener?.options.keys?.find(({ peer }) => isEqual(peer, end.known.local.address));
    if (listener === undefined || this.silent.has(to.port) || !isSame(signs?.key, key) || !end.isOpen) return;
    const other = new End({ local: to, remote: end.known.local }, undefined, this);
    end.join(other);
    for (const one of [end, other]) this.#ends.add(one);
    other.tell(listener.accept(other));
    end.connected();
  }

  /** The call that fails, and the name of its error. */
  #failure({ to, localAddress, key }: ConnectOptions, listener: Listener | undefined): [string, string] | undefined {
    if (key !== undefined && key.export().length > LONGEST_KEY) return ["setsockopt TCP_MD5SIG", "EINVAL"];
    if (localAddress !== undefined && !this.#isOwn(localAddress)) return ["bind", "EADDRNOTAVAIL"];
    return listener === undefined && !this.silent.has(to.port) ? ["connect", "ECONNREFUSED"] : undefined;
  }

  #isOwn(address: IpAddress): boolean {
    return this.own.length === 0 || this.own.some((own) => isEqual(own, address));
  }
}

class End implements TcpConnection {
  /** Both ends, known before they are connected. */
  readonly known: { readonly local: TcpEnd; readonly remote: TcpEnd };
  readonly #network: MemoryTcp;
  readonly #queue: Uint8Array[] = [];
  #events: TcpEvents | undefined;
  #other: End | undefined;
  #isOpen = true;
  #isEnding = false;

  constructor(known: End["known"], events: TcpEvents | undefined, network: MemoryTcp) {
    this.known = known;
    this.#events = events;
    this.#network = network;
  }

  get ends(): TcpConnection["ends"] {
    return this.#other && this.known;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get waiting(): number {
    return this.#queue.reduce((sum, { length }) => sum + length, 0);
  }

  send(octets: Uint8Array): void {
    if (!this.#isOpen || this.#isEnding || this.#other === undefined) return;
    this.#queue.push(octets.slice());
    queueMicrotask(() => this.flush());
  }

  close(): void {
    this.#events = undefined;
    if (this.#other === undefined) this.abort();
    this.#isEnding = true;
    queueMicrotask(() => this.flush());
  }

  abort(): void {
    this.#events = undefined;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#queue.length = 0;
    const other = this.#other;
    queueMicrotask(() => other?.fail(new SystemCallError("keep the connection", "read", "ECONNRESET")));
  }

  join(other: End): void {
    this.#other = other;
    other.#other = this;
  }

  tell(events: TcpEvents): void {
    this.#events = events;
  }

  connected(): void {
    this.#events?.connected();
  }

  fail(error: SystemCallError | undefined): void {
    const events = this.#events;
    this.#events = undefined;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    events?.closed(error);
  }

  flush(): void {
    const other = this.#other;
    if (!this.#isOpen || other === undefined || this.#network.stalled.has(other.known.local.port)) return;
    for (const octets of this.#queue.splice(0)) {
      other.#events?.received(octets);
      this.#events?.progressed();
    }
    if (!this.#isEnding || !this.#isOpen) return;
    this.#isOpen = false;
    other.fail(undefined);
  }
}

function isEqual(one: IpAddress, other: IpAddress): boolean {
  return compareAddresses(one, other) === 0;
}

function endText({ address, port }: TcpEnd): string {
  return `${formatAddress(address)} port ${port}`;
}

function isSame(one: KeyObject | undefined, other: KeyObject | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
