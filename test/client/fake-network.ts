import type { Resolver, ResolverOptions, Socket, SocketConstructorOptions, SocketOptions } from "../../src/client/ecma-419.js";
import { bytes, hex, join } from "../protocol/support/bytes.js";

/** lwIP's send buffer in bytes. */
const SEND_BUFFER = 5744;

/** An ECMA-419 TCP socket in the hands of a test: strict, synchronous, without a network. */
export class FakeSocket implements Socket {
  format = "number";
  /** How often `read` was called. */
  reads = 0;
  closed = false;
  readonly options: SocketConstructorOptions;
  readonly target: unknown;
  #writable = -1;
  #received: Uint8Array = new Uint8Array(0);
  #written: Uint8Array[] = [];

  constructor(options: SocketConstructorOptions) {
    this.options = options;
    this.target = options.target;
  }

  read(buffer: Uint8Array): number {
    if (this.closed) throw new Error("read after close");
    if (this.format !== "buffer") throw new Error("read of a buffer needs the format buffer");
    if (buffer.length === 0 || buffer.length > this.#received.length) throw new Error("invalid");
    this.reads++;
    buffer.set(this.#received.subarray(0, buffer.length));
    this.#received = this.#received.slice(buffer.length);
    return buffer.length;
  }

  write(data: Uint8Array): number {
    if (this.closed) throw new Error("write after close");
    if (this.#writable < 0) throw new Error("not ready");
    if (data.length > this.#writable) throw new Error("would block");
    this.#written.push(data.slice());
    return (this.#writable -= data.length);
  }

  close(): void {
    this.closed = true;
  }

  /** The connection is there, or there is room for so many bytes again. */
  writable(count = SEND_BUFFER): void {
    this.#writable = count;
    this.options.onWritable.call(this, count);
  }

  /** Bytes arrive, in one segment. */
  receive(...lines: readonly string[]): void {
    this.receiveBytes(bytes(...lines));
  }

  receiveBytes(data: Uint8Array): void {
    this.#received = join(this.#received, data);
    this.options.onReadable.call(this, this.#received.length);
  }

  /** Bytes that have arrived and were not read. */
  get unread(): number {
    return this.#received.length;
  }

  /** The connection is lost; the SDK gives no reason. */
  fail(error?: Error): void {
    this.options.onError.call(this, error);
  }

  /** What was written since the last time, one entry a call of `write`. */
  taken(): string[] {
    const written = this.#written.map(hex);
    this.#written = [];
    return written;
  }
}

/** An ECMA-419 resolver in the hands of a test. */
export class FakeResolver implements Resolver {
  closed = false;
  readonly options: ResolverOptions;
  /** The arguments of `resolve`. */
  request: Parameters<Resolver["resolve"]> | undefined;

  constructor(options: ResolverOptions) {
    this.options = options;
  }

  resolve(...request: Parameters<Resolver["resolve"]>): void {
    this.request = request;
  }

  close(): void {
    this.closed = true;
  }
}

/** Socket and resolver classes for one test, and the instances that were made of them. */
export class FakeNetwork {
  readonly sockets: FakeSocket[] = [];
  readonly resolvers: FakeResolver[] = [];
  /** The options `socket` and `dns`, frozen as a host's provider may have them. */
  readonly provider = this.#provide();

  #provide(): { readonly socket: SocketOptions; readonly dns: ResolverOptions } {
    const { sockets, resolvers } = this;
    class TCP extends FakeSocket {
      constructor(options: ConstructorParameters<typeof FakeSocket>[0]) {
        // As classes of hosts do that are derived from others.
        super({ ...options });
        sockets.push(this);
      }
    }
    class UDPResolver extends FakeResolver {
      constructor(options: ResolverOptions) {
        super(options);
        resolvers.push(this);
      }
    }
    return Object.freeze({
      socket: Object.freeze({ io: TCP, sendBuffers: 3 }),
      dns: Object.freeze({ io: UDPResolver, servers: Object.freeze(["127.0.0.53"]) }),
    });
  }

  /** Does something, while `device.network.mqtt` has these classes if `host` says so: then they are the host's own. */
  asHost<T>(host: boolean, something: () => T): T {
    if (host) Object.defineProperty(globalThis, "device", { configurable: true, value: { network: { mqtt: this.provider } } });
    try {
      return something();
    } finally {
      Reflect.deleteProperty(globalThis, "device");
    }
  }

  /** The socket that was made last. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was made");
    return socket;
  }

  /** The resolver that was made last. */
  get resolver(): FakeResolver {
    const resolver = this.resolvers.at(-1);
    if (resolver === undefined) throw new Error("no resolver was made");
    return resolver;
  }

  /** Resources that were not released. */
  get open(): number {
    return [...this.sockets, ...this.resolvers].filter((resource) => !resource.closed).length;
  }
}
