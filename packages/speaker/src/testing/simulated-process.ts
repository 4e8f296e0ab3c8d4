import type { LinkSocket, Links, OpenLinkSocket } from "@fairlead/linux";
import type { MemoryHost } from "@fairlead/linux/testing";
import type { Cancel, Clock } from "@fairlead/runtime";

/** What a process has from outside, taken away all at once: its timers never fire again, its sockets are closed. */
export class SimulatedProcess {
  readonly clock: Clock;
  readonly links: Links;
  readonly openLinkSocket: OpenLinkSocket;
  readonly #sockets = new Set<LinkSocket>();
  #dead = false;

  constructor(clock: Clock, { links, openLinkSocket }: MemoryHost) {
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      random: () => clock.random(),
      after: (delay, action): Cancel => clock.after(delay, () => this.#dead || action()),
    };
    this.links = {
      current: () => links.current(),
      onChange: (listener) => links.onChange(() => this.#dead || listener()),
      close: () => {}, // the host's, not the process's
    };
    this.openLinkSocket = (...args) => this.#open(openLinkSocket(...args));
  }

  /** SIGKILL: nothing is said to anybody. */
  kill(): void {
    this.#dead = true;
    for (const socket of this.#sockets) socket.close();
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
