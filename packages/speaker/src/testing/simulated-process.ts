import type { LinkSocket, Links, OpenEcho, OpenLinkSocket } from "@fairlead/linux";
import type { MemoryHost } from "@fairlead/linux/testing";
import type { Cancel, Clock } from "@fairlead/runtime";
import type { SimulatedKernel } from "./simulated-kernel.ts";

/** What a process has from outside, taken away all at once: its timers never fire again, its sockets are closed. */
export class SimulatedProcess {
  readonly clock: Clock;
  readonly links: Links;
  readonly openLinkSocket: OpenLinkSocket;
  readonly openEcho: OpenEcho;
  /** What is to happen in it once it runs again; undefined while it runs. */
  #waiting: (() => void)[] | undefined;
  readonly #sockets = new Set<LinkSocket>();
  #dead = false;

  constructor(clock: Clock, { links, openLinkSocket }: MemoryHost, kernel: SimulatedKernel) {
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      random: () => clock.random(),
      after: (delay, action): Cancel => clock.after(delay, () => this.#run(action)),
    };
    this.links = {
      current: () => links.current(),
      onChange: (listener) => links.onChange(() => this.#run(listener)),
      close: () => {}, // the host's, not the process's
    };
    this.openLinkSocket = (link, etherTypes, onFrame, options) => {
      return this.#open(openLinkSocket(link, etherTypes, (frame) => this.#run(() => onFrame(frame)), options));
    };
    this.openEcho = (onReply) => {
      const echo = kernel.openEcho((...reply) => this.#run(() => onReply(...reply)));
      return { send: (data, to) => !this.#dead && echo.send(data, to), close: () => echo.close() };
    };
  }

  /** SIGKILL: nothing is said to anybody. */
  kill(): void {
    this.#dead = true;
    for (const socket of this.#sockets) socket.close();
  }

  /** SIGSTOP: what is due waits. */
  pause(): void {
    this.#waiting ??= [];
  }

  /** SIGCONT: what has waited happens, in order. */
  resume(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const action of waiting) this.#run(action);
  }

  #run(action: () => void): void {
    if (this.#dead) return;
    if (this.#waiting === undefined) action();
    else this.#waiting.push(action);
  }

  // Code under way when the process is killed would go on here, as it could not there.
  #open(socket: LinkSocket): LinkSocket {
    if (this.#dead) socket.close();
    this.#sockets.add(socket);
    return {
      send: (frame) => {
        if (!this.#dead) socket.send(frame);
      },
      close: () => socket.close(),
    };
  }
}
