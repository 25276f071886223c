import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface NetworkFaults {
  /** Milliseconds that each piece waits on its way. */
  delayMs?: number;
  /** Bytes after which, on average, a connection is reset in the middle of what it carries. */
  resetAfter?: number;
  /** Numbers from 0 to 1, so that a failing test can be repeated. */
  random: () => number;
}

/** A network between a client and a server on loopback: as slow and as unreliable as a test wants it. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  faults: NetworkFaults;
  /** Connections that were reset. */
  resets = 0;

  private constructor(target: number, faults: NetworkFaults) {
    this.#target = target;
    this.faults = faults;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(target: number, faults: NetworkFaults): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, faults);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #join(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    const { resetAfter, random } = this.faults;
    // Exponentially distributed: some connections live long, some break at once.
    let left = resetAfter === undefined ? Number.POSITIVE_INFINITY : -Math.log(1 - random()) * resetAfter;
    const breakOff = (): void => {
      this.resets++;
      for (const socket of [client, server]) socket.resetAndDestroy();
    };
    const carry = (from: Socket, to: Socket): void => {
      this.#sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.end();
      });
      from.on("data", (piece) => {
        left -= piece.length;
        if (left < 0) {
          breakOff();
          return;
        }
        const pass = (): void => {
          if (!to.destroyed) to.write(piece);
        };
        if (this.faults.delayMs) setTimeout(pass, this.faults.delayMs);
        else pass();
      });
      from.on("end", () => setTimeout(() => to.end(), this.faults.delayMs ?? 0));
    };
    carry(client, server);
    carry(server, client);
  }
}
