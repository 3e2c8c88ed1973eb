import { MqttError } from "../protocol/error.js";
import type { Connect } from "../protocol/codec/connect.js";
import { ConnectionState, type Connection } from "../protocol/connection/connection.js";
import type { Clock } from "./clock.js";
import type { Resolver, ResolverOptions, Socket, SocketOptions } from "./ecma-419.js";

/** Where a link goes and with what. */
export interface Route {
  readonly host: string;
  readonly port: number;
  readonly socket: SocketOptions;
  readonly dns: ResolverOptions;
  /** Milliseconds to wait for the socket. */
  readonly connectTimeout: number;
}

/**
 * Binds one {@link Connection} to one ECMA-419 socket, with a resolver before it. All that goes wrong is reported through the
 * connection's handler; then, as after {@link close}, nothing more happens.
 */
export class Link {
  readonly #route: Route;
  readonly #connection: Connection;
  readonly #connect: Connect;
  readonly #clock: Clock;
  readonly #wake: () => void;
  #resolver: Resolver | undefined;
  #socket: Socket | undefined;
  #readable = 0;
  /** Until when the socket has to be connected; Infinity once it is. */
  #deadline: number;
  /** Why there is no socket to wait for. */
  #failure: string | undefined;
  #closed = false;

  /** @param wake called after anything that may have moved the next deadline. */
  constructor(route: Route, connection: Connection, connect: Connect, clock: Clock, wake: () => void) {
    this.#route = route;
    this.#connection = connection;
    this.#connect = connect;
    this.#clock = clock;
    this.#wake = wake;
    this.#deadline = clock.now() + route.connectTimeout;
  }

  /** Resolves the name and connects. */
  open(): void {
    const { host, dns } = this.#route;
    if (/^[\d.]+$|:/.test(host)) {
      this.#connectTo(host);
      return;
    }
    try {
      this.#resolver = new dns.io(dns);
      // The standard calls back once, the SDK through the options: whichever comes first.
      this.#resolver.resolve(
        { host, onResolved: (_host, address) => this.#resolved(address), onError: (_host, error) => this.#resolved(undefined, error) },
        (error, address) => this.#resolved(address, error),
      );
    } catch (error) {
      this.#resolved(undefined, error);
    }
  }

  #resolved(address: string | undefined, error?: unknown): void {
    if (this.#closed || this.#socket !== undefined) return;
    if (address === undefined) {
      // Not from inside the resolver's callback: the SDK's does not survive its own closing there.
      this.#failure = `no address found for ${this.#route.host}${detail(error)}: check the name and the network`;
      this.#deadline = 0;
    } else this.#connectTo(address);
    this.#wake();
  }

  #connectTo(address: string): void {
    const { host, port, socket } = this.#route;
    try {
      this.#socket = new socket.io({
        ...socket, address, host, port, nodelay: true, noDelay: true,
        // As few calls deep as can be: the application's handlers run below this.
        onReadable: (count) => {
          this.#readable = count;
          this.read();
          this.#wake();
        },
        onWritable: (count) => this.#onWritable(count),
        onError: (error) => this.#onError(error),
      });
    } catch (error) {
      // As above: this may be the resolver's callback.
      this.#failure = `cannot connect to ${host}:${port}${detail(error)}`;
      this.#deadline = 0;
    }
  }

  /** Reads what the socket has, as far as the connection takes it. */
  read(): void {
    const connection = this.#connection;
    const socket = this.#socket;
    if (socket === undefined) return;
    while (this.#readable > 0 && !connection.paused && connection.state !== ConnectionState.CLOSED) {
      const view = connection.space(this.#readable);
      socket.read(view);
      this.#readable -= view.length;
      connection.receive(view.length, this.#clock.now());
    }
  }

  #onWritable(count: number): void {
    const socket = this.#socket;
    if (socket === undefined || this.#closed) return;
    const now = this.#clock.now();
    if (this.#deadline === Infinity) this.#connection.writable(count, now);
    else {
      this.#deadline = Infinity;
      this.#dropResolver();
      socket.format = "buffer";
      try {
        this.#connection.open(socket, count, this.#connect, now);
      } catch (error) {
        this.#connection.closed(error instanceof MqttError ? error : new MqttError("transport", String(error)));
      }
    }
    this.read();
    this.#wake();
  }

  #onError(error: unknown): void {
    const { host, port } = this.#route;
    const peer = `${host}:${port}`;
    let reason = `the connection to ${peer} was lost${detail(error)}`;
    if (this.#deadline !== Infinity) reason = `cannot connect to ${peer}${detail(error)}`;
    else if (this.#connection.state === ConnectionState.CONNECTING)
      reason = `${peer} ended the connection without a CONNACK${detail(error)}: is it an MQTT broker, and with TLS one that mqtts:// is used for?`;
    this.#fail(reason);
    this.#wake();
  }

  #fail(reason: string): void {
    if (!this.#closed) this.#connection.closed(new MqttError("transport", reason));
  }

  /** When {@link handleTimeout} has to be called next, or Infinity. */
  nextDeadline(): number {
    const deadline = this.#connection.nextDeadline();
    return deadline < this.#deadline ? deadline : this.#deadline;
  }

  handleTimeout(now: number): void {
    const { host, port, connectTimeout } = this.#route;
    if (now >= this.#deadline) this.#fail(this.#failure ?? `${host}:${port} did not answer within ${connectTimeout} ms: check host, port and network`);
    else this.#connection.handleTimeout(now);
  }

  #dropResolver(): void {
    this.#resolver?.close?.();
    this.#resolver = undefined;
  }

  /** Releases socket and resolver; what was written before is still sent by the socket. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#deadline = Infinity;
    this.#dropResolver();
    this.#socket?.close();
    this.#socket = undefined;
  }
}

function detail(error: unknown): string {
  return error instanceof Error ? `: ${error.message}` : "";
}
