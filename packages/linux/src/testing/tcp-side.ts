import type { SystemCallError } from "../system-call-error.ts";
import type { TcpConnection, TcpEvents } from "../tcp.ts";

/** One side of a connection, and all that it was told. */
export class Side implements TcpEvents {
  readonly told: string[] = [];
  connection: TcpConnection | undefined;
  closedWith: SystemCallError | undefined;

  connected(): void {
    this.told.push("connected");
  }
  received(octets: Uint8Array): void {
    this.told.push(...Array.from(octets, String));
  }
  progressed(): void {}
  closed(error: SystemCallError | undefined): void {
    this.closedWith = error;
    this.told.push(`closed ${error?.code ?? "in order"}`);
  }
}
