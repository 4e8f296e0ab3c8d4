import type { TcpConnection } from "@fairlead/linux";
import { MemoryTcp } from "@fairlead/linux/testing";
import { parseAddress } from "@fairlead/net";
import { FakeClock } from "@fairlead/runtime/testing";
import type { SessionSettings } from "../../src/fsm/settings.ts";
import { decodeFrame, encodeMessage } from "../../src/packet/codec.ts";
import { Framer } from "../../src/packet/framer.ts";
import type { Message } from "../../src/packet/message.ts";
import { KEEPALIVE } from "../../src/packet/message.ts";
import type { SessionTraits } from "../../src/packet/session-traits.ts";
import { Session, type SessionEvent } from "../../src/session/session.ts";
import { OPEN, SETTINGS } from "../fsm/subjects.ts";

/** How messages are written once the OPENs of the tests are exchanged. */
export const TRAITS: SessionTraits = {
  fourOctetAs: true,
  extendedMessage: false,
  extendedNextHop: false,
  families: [4, 6],
  internal: false,
};

/** A router that says what a test has it say, and keeps what it hears. */
export class ScriptedRouter {
  readonly heard: Message[] = [];
  readonly connections: TcpConnection[] = [];
  /** Why connections ended, as far as they did. */
  readonly closed: string[] = [];
  /** Octets of each write that came. */
  readonly writes: number[] = [];

  accept(connection: TcpConnection) {
    this.connections.push(connection);
    const framer = new Framer();
    return {
      connected: () => {},
      progressed: () => {},
      closed: (error?: { code: string }) => void this.closed.push(error?.code ?? "in order"),
      received: (octets: Uint8Array) => {
        this.writes.push(octets.length);
        framer.push(octets);
        for (let frame = framer.next(4096); frame !== undefined; frame = framer.next(4096)) {
          const decoded = frame.kind === "error" ? frame : decodeFrame(frame, TRAITS);
          if (decoded.kind === "error") throw new Error(`The speaker sent nonsense: ${decoded.reason}`);
          this.heard.push(decoded.message);
        }
      },
    };
  }

  say(...messages: readonly Message[]): void {
    for (const message of messages) this.sayOctets(encodeMessage(message, TRAITS));
  }

  sayOctets(octets: Uint8Array): void {
    this.connections.at(-1)?.send(octets);
  }

  kinds(): string[] {
    return this.heard.map(({ kind }) => kind);
  }
}

export const ROUTER = { address: parseAddress("192.0.2.11"), port: 179 };

/** A session and a router, on a clock that the test moves. */
export function openScene(
  settings: Partial<SessionSettings> = {},
  nextUpdate: () => Uint8Array | undefined = () => undefined,
) {
  const clock = new FakeClock();
  const network = new MemoryTcp();
  const router = new ScriptedRouter();
  const listener = network.listen(ROUTER, (connection) => router.accept(connection));
  const events: SessionEvent[] = [];
  const session = new Session({
    settings: { ...SETTINGS, ...settings },
    connectTcp: network.connect,
    target: { to: ROUTER },
    clock,
    nextUpdate,
    onEvent: (event) => events.push(event),
  });
  /** Starts the session and has the router agree to it. */
  const establish = async () => {
    session.start();
    await clock.advance(0);
    router.say(OPEN, KEEPALIVE);
    await clock.advance(0);
  };
  return { clock, network, router, listener, events, session, establish };
}
