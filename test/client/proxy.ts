import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** A way to a broker that a test can cut, as a lost link does: the broker sees no DISCONNECT. */
export class Proxy {
  readonly #server: Server;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  /** Connections that wait while the way is cut. */
  #waiting: Socket[] | undefined;

  protected constructor(port: number) {
    this.#port = port;
    // The client must not be resumed before its broker is there.
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.#accept(socket));
  }

  /** Starts a way to a port of the loopback interface; it ends with the test. */
  static async start(test: TestContext, port: number): Promise<Proxy> {
    const proxy = new Proxy(port);
    await proxy.listen();
    test.after(() => proxy.close());
    return proxy;
  }

  protected async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  close(): void {
    this.cut();
    for (const socket of this.#waiting ?? []) socket.destroy();
    this.#server.close();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  #accept(socket: Socket): void {
    if (this.#waiting === undefined) this.#join(socket);
    else this.#waiting.push(socket);
  }

  #join(client: Socket): void {
    const broker = connect(this.#port, "127.0.0.1");
    for (const [socket, other] of [[client, broker], [broker, client]] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.setNoDelay(true);
      this.flow(socket, other, socket === broker);
    }
  }

  /** Lets what comes from one side go to the other. */
  protected flow(...[from, to]: [from: Socket, to: Socket, fromBroker: boolean]): void {
    from.pipe(to);
  }

  /** Resets all connections; new ones are accepted and get no further until {@link mend}. */
  cut(): void {
    this.#waiting ??= [];
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const socket of waiting) this.#join(socket);
  }
}
