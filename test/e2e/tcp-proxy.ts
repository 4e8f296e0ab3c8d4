import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A TCP relay in front of another address, which can be slow, fall silent, refuse, or cut what is open. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #refusing = false;
  #delayMillis = 0;
  /** Connections that were accepted so far. */
  accepted = 0;

  private constructor(host: string, port: number) {
    this.#server = createServer((near) => {
      if (this.#refusing) return void near.destroy();
      this.accepted += 1;
      const far = connect(port, host);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on("data", (octets) => {
          if (this.#delayMillis === 0) to.write(octets);
          else setTimeout(() => to.writable && to.write(octets), this.#delayMillis);
        });
        from.on("error", () => to.destroy());
        from.on("close", () => {
          this.#sockets.delete(from);
          setTimeout(() => to.destroy(), this.#delayMillis);
        });
      }
    });
  }

  /**
   * Listens on a free port.
   *
   * @param on - own address to listen on; loopback unless told.
   */
  static async open(host: string, port: number, on = "127.0.0.1"): Promise<TcpProxy> {
    const proxy = new TcpProxy(host, port);
    proxy.#server.listen(0, on);
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Forwards nothing more, but leaves everything open: a firewall that has forgotten the flow. New connections work. */
  goSilent(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners("data");
      socket.resume();
    }
  }

  /** How much later everything arrives at either end. Cuts all connections, or what was sent before would come after. */
  slowDown(delayMillis: number): void {
    this.cut();
    this.#delayMillis = delayMillis;
  }

  /** Cuts all connections, and takes no new ones until {@link allow}. */
  refuse(): void {
    this.#refusing = true;
    this.cut();
  }

  allow(): void {
    this.#refusing = false;
  }

  /** Cuts all connections; new ones work. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    if (this.#server.listening) await once(this.#server, "close");
  }
}
