import type { TcpConnection } from "@fairlead/linux";

/** No more UPDATEs are asked for while so many octets wait: a KEEPALIVE then has at most that before it. */
const ROOM = 65_536;

/** Sends UPDATEs as fast as the peer takes them, and makes none before: what waits here cannot be merged any more. */
export class SendQueue {
  readonly #connection: TcpConnection;
  readonly #next: () => Uint8Array | undefined;

  constructor(connection: TcpConnection, next: () => Uint8Array | undefined) {
    this.#connection = connection;
    this.#next = next;
  }

  /** Asks for UPDATEs while there is room, and sends them by one write. */
  fill(): void {
    const updates: Uint8Array[] = [];
    let length = this.#connection.waiting;
    while (length < ROOM) {
      const update = this.#next();
      if (update === undefined) break;
      updates.push(update);
      length += update.length;
    }
    if (updates.length > 0) this.#connection.send(joined(updates));
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const octets = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}
