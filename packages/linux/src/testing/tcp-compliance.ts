import { createSecretKey } from "node:crypto";
import { formatAddress, type IpAddress, parseAddress } from "@fairlead/net";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import type { ConnectOptions, ConnectTcp, ListenTcp, TcpConnection, TcpListener } from "../tcp.ts";
import { Side } from "./tcp-side.ts";

/** Two hosts, or one that talks to itself. */
export interface TcpBench {
  readonly connectTcp: ConnectTcp;
  readonly listenTcp: ListenTcp;
  /** Where connections come from, and where they go to. */
  readonly here: IpAddress;
  readonly there: IpAddress;
  /** Accepts connections on a port and reads nothing until the returned function is called. */
  stall(port: number): Promise<() => void>;
  close(): Promise<void>;
}

const PORT = 1790;
const key = (text: string) => createSecretKey(Buffer.from(text));

/** Tests that every {@link ConnectTcp} with its {@link ListenTcp} pass; `open` gives a fresh bench. */
export function tcpCompliance(name: string, open: () => Promise<TcpBench>): void {
  describe(`TCP: ${name}`, () => {
    let bench: TcpBench;
    let listener: TcpListener | undefined;
    let accepted: Side[];
    let begun: TcpConnection[];
    beforeEach(async () => {
      bench = await open();
      accepted = [];
      begun = [];
      listener = undefined;
    });
    afterEach(async () => {
      for (const connection of begun) connection.abort();
      for (const { connection } of accepted) connection?.abort();
      listener?.close();
      await bench.close();
    });

    const listen = (text?: string) => {
      const keys = text === undefined ? [] : [{ peer: bench.here, key: key(text) }];
      listener = bench.listenTcp({ address: bench.there, port: PORT, keys }, (connection) => {
        const side = new Side();
        side.connection = connection;
        accepted.push(side);
        return side;
      });
    };
    const connect = (options: Partial<ConnectOptions> = {}, port = PORT) => {
      const side = new Side();
      side.connection = bench.connectTcp(
        { to: { address: bench.there, port }, localAddress: bench.here, ...options },
        side,
      );
      begun.push(side.connection);
      expect(side.told, "within the call").to.deep.equal([]);
      return side;
    };
    const joined = async (options: Partial<ConnectOptions> = {}) => {
      const near = connect(options);
      await until("both are connected", () => near.told.includes("connected") && accepted.length === 1);
      const [far = near] = accepted;
      return { near, far };
    };

    it("connects, and both know both ends", async () => {
      listen();
      const { near, far } = await joined();
      const { local, remote } = near.connection?.ends ?? {};
      expect([
        local && formatAddress(local.address),
        remote && formatAddress(remote.address),
        remote?.port,
      ]).to.deep.equal([formatAddress(bench.here), formatAddress(bench.there), PORT]);
      expect(far.connection?.ends).to.deep.equal({ local: remote, remote: local });
    });

    it("carries octets in order, both ways, and never within the call that sends", async () => {
      listen();
      const { near, far } = await joined();
      near.connection?.send(Uint8Array.of(1, 2));
      near.connection?.send(Uint8Array.of(3));
      far.connection?.send(Uint8Array.of(4));
      expect(far.told).to.deep.equal([]);
      await until("all has come", () => far.told.length === 3 && near.told.length === 2);
      expect([near.told, far.told]).to.deep.equal([
        ["connected", "4"],
        ["1", "2", "3"],
      ]);
    });

    it("tells that nobody listens", async () => {
      const near = connect();
      await until("it is told", () => near.told.length > 0);
      expect(near.told).to.deep.equal(["closed ECONNREFUSED"]);
      expect(near.connection?.ends).to.equal(undefined);
    });

    it("tells that an address is not this node's", async () => {
      const localAddress = parseAddress(bench.here.family === 4 ? "203.0.113.9" : "2001:db8:9::9");
      const near = connect({ localAddress });
      await until("it is told", () => near.told.length > 0);
      expect(near.told).to.deep.equal(["closed EADDRNOTAVAIL"]);
    });

    it("tells once that the peer has closed, after all that it sent", async () => {
      listen();
      const { near, far } = await joined();
      far.connection?.send(Uint8Array.of(7));
      far.connection?.close();
      await until("the end has come", () => near.told.length === 3);
      expect(near.told).to.deep.equal(["connected", "7", "closed in order"]);
      expect(far.told).to.deep.equal([]);
    });

    it("loses nothing of what was sent before closing, though the peer goes on sending (BG-32)", async () => {
      listen();
      const { near, far } = await joined();
      far.connection?.send(new Uint8Array(100_000).fill(1));
      near.connection?.send(Uint8Array.of(9));
      near.connection?.close();
      await until("the end has come", () => far.told.some((word) => word.startsWith("closed")));
      expect(far.told).to.deep.equal(["9", "closed in order"]);
    });

    it("tells nothing more once it is aborted, and the peer that it is gone", async () => {
      listen();
      const { near, far } = await joined();
      far.connection?.send(Uint8Array.of(1));
      near.connection?.abort();
      near.connection?.abort();
      await until("the end has come", () => far.told.length === 1);
      expect(far.told[0]).to.match(/^closed/);
      expect(near.told).to.deep.equal(["connected"]);
    });

    it("tells nothing of an attempt that is aborted", async () => {
      listen();
      const given = connect();
      given.connection?.abort();
      const kept = connect();
      await until("another one is connected", () => kept.told.length > 0);
      expect(given.told).to.deep.equal([]);
    });

    it("keeps what the peer does not read, says how much, and sends it when it does", async () => {
      const read = await bench.stall(PORT + 1);
      const near = connect({}, PORT + 1);
      await until("it is connected", () => near.told.length > 0);
      for (let i = 0; i < 200; i++) near.connection?.send(new Uint8Array(65_536));
      expect(near.connection?.waiting).to.be.greaterThan(65_536);
      read();
      await until("nothing waits", () => near.connection?.waiting === 0);
    });

    it("signs with a key", async () => {
      listen("secret");
      const { near, far } = await joined({ key: key("secret") });
      near.connection?.send(Uint8Array.of(5));
      await until("it has come", () => far.told.length === 1);
    });

    for (const [what, theirs, ours] of [
      ["the keys differ", "secret", "other"],
      ["only the peer has a key", "secret", undefined],
      ["only this node has a key", undefined, "secret"],
    ] as const) {
      it(`hears nothing where ${what} (BG-16)`, async () => {
        listen(theirs);
        const near = connect(ours === undefined ? {} : { key: key(ours) });
        const witness = connect({ localAddress: bench.here }, PORT + 5);
        await until("another attempt is told of", () => witness.told.length > 0);
        expect([near.told, accepted]).to.deep.equal([[], []]);
      });
    }

    it("refuses a key that is too long rather than connect without it (BG-17)", async () => {
      listen();
      const near = connect({ key: key("x".repeat(81)) });
      await until("it is told", () => near.told.length > 0);
      expect(near.told).to.deep.equal(["closed EINVAL"]);
      expect(near.closedWith?.message).not.to.include("xxx");
    });

    it("refuses to listen twice", () => {
      listen();
      expect(() => bench.listenTcp({ address: bench.there, port: PORT }, () => new Side())).to.throw("EADDRINUSE");
    });
  });
}
