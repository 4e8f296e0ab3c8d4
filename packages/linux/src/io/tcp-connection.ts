import { type AddressInfo, createServer, Socket } from "node:net";
import { formatAddress, parseAddress } from "@fairlead/net";
import type { Cancel } from "@fairlead/runtime";
import koffi from "koffi";
import { encodeSocketAddress } from "../packet/sockaddr.ts";
import { SystemCallError } from "../system-call-error.ts";
import type { ConnectOptions, ConnectTcp, ListenTcp, TcpConnection, TcpEnd, TcpEvents } from "../tcp.ts";
import { AF, bindSocket, closeSocket, connectSocket, openSocket, SOCK, socketError } from "./libc.ts";
import { setConnectOptions, setKey, setListenOptions } from "./tcp-options.ts";

/** How long the end of the peer is waited for when this node has ended its own. */
const LINGER_MILLIS = 1_000;

/** Connects by a socket of the C library's, whose options Node has no names for; Node reads and writes it once it is connected. */
export const connectTcp: ConnectTcp = (options, events) => {
  const connection = new Connection(events);
  connection.connect(options);
  return connection;
};

/** Listens by a socket of the C library's. */
export const listenTcp: ListenTcp = ({ address, port, keys = [] }, accept) => {
  const what = `listen on ${formatAddress(address)} port ${port}`;
  const fd = openSocket(what, address.family === 4 ? AF.inet : AF.inet6, SOCK.stream, 0);
  try {
    setListenOptions(fd, address);
    for (const { peer, key } of keys) setKey(fd, peer, key);
    bindSocket(what, fd, encodeSocketAddress(address, port));
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection = new Connection(undefined);
    connection.adopt(socket);
    connection.tell(accept(connection));
  });
  server.listen({ fd });
  return { close: () => void server.close() };
};

class Connection implements TcpConnection {
  #events: TcpEvents | undefined;
  #socket: Socket | undefined;
  #ends: TcpConnection["ends"];
  #cancel: Cancel = () => {};
  #error: SystemCallError | undefined;
  #waiting = 0;

  constructor(events: TcpEvents | undefined) {
    this.#events = events;
  }

  get ends(): TcpConnection["ends"] {
    return this.#ends;
  }

  get waiting(): number {
    return this.#waiting;
  }

  connect(options: ConnectOptions): void {
    const what = `connect to ${formatAddress(options.to.address)} port ${options.to.port}`;
    let fd: number;
    try {
      fd = beginToConnect(what, options);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      const turn = setImmediate(() => this.#closed(error));
      this.#cancel = () => clearImmediate(turn);
      return;
    }
    // Readable too: what fails is told by either.
    const poll = koffi.node.poll(fd, { readable: true, writable: true }, () => {
      poll.close();
      const code = socketError(fd);
      this.#cancel = () => {};
      if (code === undefined) {
        this.#connected(what, fd);
      } else {
        closeSocket(fd);
        this.#closed(new SystemCallError(what, "connect", code));
      }
    });
    this.#cancel = () => {
      poll.close();
      closeSocket(fd);
    };
  }

  /** Takes over a socket that is connected. */
  adopt(socket: Socket): void {
    this.#socket = socket;
    this.#ends = endsOf(socket);
    socket.on("data", (octets: Uint8Array) => this.#events?.received(octets));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#error = new SystemCallError("keep the connection", error.syscall ?? "read", error.code ?? "EIO");
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => this.#closed(this.#error));
  }

  /** Tells who is told from now on. */
  tell(events: TcpEvents): void {
    this.#events = events;
  }

  send(octets: Uint8Array): void {
    if (this.#socket === undefined || this.#events === undefined) return;
    this.#waiting += octets.length;
    this.#socket.write(octets, (error) => {
      this.#waiting -= octets.length;
      if (!error) this.#events?.progressed();
    });
  }

  close(): void {
    const socket = this.#socket;
    if (socket === undefined || this.#events === undefined) {
      this.abort();
      return;
    }
    this.#events = undefined;
    const timer = setTimeout(() => socket.destroy(), LINGER_MILLIS);
    socket.on("close", () => clearTimeout(timer));
    socket.end();
  }

  abort(): void {
    if (this.#events === undefined && this.#socket === undefined) return;
    this.#events = undefined;
    this.#cancel();
    this.#cancel = () => {};
    this.#socket?.destroy();
  }

  #connected(what: string, fd: number): void {
    try {
      this.adopt(new Socket({ fd, readable: true, writable: true, allowHalfOpen: true }));
    } catch (error) {
      closeSocket(fd);
      this.#closed(new SystemCallError(what, "open", (error as NodeJS.ErrnoException).code ?? "EIO"));
      return;
    }
    this.#events?.connected();
  }

  #closed(error: SystemCallError | undefined): void {
    const events = this.#events;
    this.#events = undefined;
    events?.closed(error);
  }
}

function beginToConnect(what: string, options: ConnectOptions): number {
  const { to, link, localAddress } = options;
  const fd = openSocket(what, to.address.family === 4 ? AF.inet : AF.inet6, SOCK.stream, 0);
  try {
    setConnectOptions(fd, options);
    if (localAddress !== undefined) bindSocket(what, fd, encodeSocketAddress(localAddress, 0, link?.index));
    connectSocket(what, fd, encodeSocketAddress(to.address, to.port, link?.index));
    return fd;
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
}

function endsOf(socket: Socket): TcpConnection["ends"] {
  const { address, port } = socket.address() as AddressInfo;
  return { local: endOf(address, port), remote: endOf(socket.remoteAddress, socket.remotePort) };
}

// Link-local addresses come with the link's name.
function endOf(address = "::", port = 0): TcpEnd {
  return { address: parseAddress(address.replace(/%.*$/s, "")), port };
}
