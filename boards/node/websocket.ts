import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { nextTick } from "node:process";
import { setTimeout } from "node:timers";
import { WebSocket } from "ws";
import type { Resolver, ResolverOptions } from "../../src/client/ecma-419.js";
import { bytesOf, type ByteBuffer } from "./byte-buffer.js";
import { checkCallback, checkOptions, checkSize } from "./check.js";
import { ReceiveQueue } from "./receive-queue.js";
import { defaultBufferSize, lingerLimit } from "./stream-socket.js";
import TCP, { openTCP } from "./tcp.js";
import TLSSocket, { openTLS, type TLSOptions } from "./tls.js";

/** Opcodes of control frames (RFC 6455, 11.8). */
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Status codes that no closing frame carried (RFC 6455, 7.4.1). */
const NO_STATUS = 1005;
const ABNORMAL = 1006;

/** ECMA-419, WebSocket Client Class Pattern. Unknown properties are ignored. */
export interface WebSocketClientOptions {
  /** The connection beneath: `TCP` or `TLSSocket` of this package with its options. */
  readonly socket: Partial<Omit<TLSOptions, "host" | "port">> & { readonly io: unknown };
  readonly dns: ResolverOptions;
  readonly host: string;
  /** Default 80. */
  readonly port?: number;
  /** With its query. Default "/". */
  readonly path?: string;
  /** Subprotocols, separated by commas: the server must choose one. Default: none is asked for. */
  readonly protocol?: string;
  readonly headers?: Iterable<readonly [name: string, value: string]>;
  /** Bytes of a message can be read. A message comes whole, `more` is false. */
  readonly onReadable?: (this: WebSocketClient, count: number, options: { readonly more: boolean; readonly binary: boolean }) => void;
  /** `count` bytes may be written. The first call means: connected. */
  readonly onWritable?: (this: WebSocketClient, count: number) => void;
  readonly onControl?: (this: WebSocketClient, opcode: number, payload: ArrayBuffer) => void;
  /** The connection is gone and only `close` is left. `error` goes beyond the standard. */
  readonly onError?: (this: WebSocketClient, error: Error) => void;
  /** The server has closed it in good order, and only `close` is left. `reason` goes beyond the standard. */
  readonly onClose?: (this: WebSocketClient, reason: Error) => void;
  readonly target?: unknown;
}

/** The second argument of `write`. */
export interface WebSocketWriteOptions {
  /** Default true. */
  readonly binary?: boolean;
  /** Whether further frames of the message follow. Default false. */
  readonly more?: boolean;
  /** Of a control frame. */
  readonly opcode?: number;
}

interface ReceivedMessage {
  readonly binary: boolean;
  readonly bytes: ReceiveQueue;
}

/**
 * ECMA-419 WebSocket client (clause 24) over the npm package `ws`, without compression. Its format is `"buffer"`; `attach` is not
 * supported; a received message may have 100 MiB at most.
 */
export default class WebSocketClient {
  static readonly text = 1;
  static readonly binary = 2;
  static readonly close = CLOSE;
  static readonly ping = PING;
  static readonly pong = PONG;

  readonly format = "buffer";
  target: unknown;
  readonly #options: WebSocketClientOptions;
  readonly #url: URL;
  readonly #sendBufferSize: number;
  readonly #receiveBufferSize: number;
  readonly #resolver: Resolver;
  /** The connection beneath. */
  #stream: Socket | undefined;
  #socket: WebSocket | undefined;
  /** Messages that were not wholly read; the first of them is announced. */
  readonly #received: ReceivedMessage[] = [];
  /** Bytes in them. */
  #waiting = 0;
  /** Bytes written that the system has not taken yet. */
  #pending = 0;
  #corked = false;
  /** The next announcement is on its way. */
  #announcing = false;
  #closed = false;
  #failure: Error | undefined;
  /** Tells the end of the connection, once all that came before is read. */
  #tellEnd: (() => void) | undefined;

  /** @throws TypeError or RangeError for invalid options, before anything is opened. */
  constructor(options: WebSocketClientOptions) {
    const name = "WebSocketClient";
    checkOptions(name, options);
    for (const callback of ["onReadable", "onWritable", "onControl", "onError", "onClose"] as const) checkCallback(name, callback, options[callback]);
    const { socket, dns, host, port = 80, path = "/" } = options;
    if (typeof host !== "string" || host === "") throw new TypeError(`${name}: the option host must be the name or address of a server`);
    this.target = options.target;
    this.#options = options;
    this.#sendBufferSize = checkSize(name, "socket.sendBufferSize", socket.sendBufferSize ?? defaultBufferSize);
    this.#receiveBufferSize = checkSize(name, "socket.receiveBufferSize", socket.receiveBufferSize ?? defaultBufferSize);
    // Any address will do to check the rest.
    this.#opener("127.0.0.1");
    this.#url = new URL(`${socket.io === TLSSocket ? "wss" : "ws"}://${host.includes(":") ? `[${host}]` : host}:${port}${path}`);
    this.#resolver = new dns.io(dns);
    const onResolved = (_host: string, address: string): void => this.#connect(address);
    const onError = (_host: string, error?: unknown): void => this.#finish(error instanceof Error ? error : new Error(`no address found for ${host}`));
    this.#resolver.resolve({ host, onResolved, onError }, (error, address) => (address === undefined ? onError(host, error) : onResolved(host, address)));
  }

  /**
   * Reads of the present message: all of it, at most a number of bytes, or as much as a buffer holds.
   * @returns undefined when there is nothing to read; for a buffer the count of bytes in it.
   * @throws RangeError for a buffer longer than what can be read, Error after `close`.
   */
  read(byteLength?: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(into?: number | ByteBuffer): ArrayBuffer | number | undefined {
    if (this.#closed) throw new Error("WebSocketClient: read after close");
    const bytes = this.#received[0]?.bytes;
    if (bytes === undefined) return undefined;
    const before = bytes.length;
    const result = bytes.read(into, "WebSocketClient");
    this.#waiting -= before - bytes.length;
    if (bytes.length === 0) {
      this.#received.shift();
      this.#announceLater();
    }
    if (this.#socket?.isPaused && this.#waiting < this.#receiveBufferSize) this.#socket.resume();
    return result;
  }

  /**
   * Writes one frame, or throws. The bytes are copied; frames of one turn leave together.
   * After the connection is lost and before the callback that says so, they are lost.
   * @returns how many more bytes may be written now.
   * @throws RangeError when they do not fit or for another opcode, TypeError for other data, Error before the first `onWritable` and after `close`.
   */
  write(data: ByteBuffer, { binary = true, more = false, opcode }: WebSocketWriteOptions = {}): number {
    const socket = this.#socket;
    if (this.#closed) throw new Error("WebSocketClient: write after close");
    if (socket === undefined || socket.readyState === WebSocket.CONNECTING)
      throw new Error("WebSocketClient: write before the first onWritable; the connection is not there yet");
    const bytes = Buffer.from(bytesOf(data, "WebSocketClient: write"));
    if (socket.readyState !== WebSocket.OPEN) return 0;
    const writable = this.#sendBufferSize - this.#pending;
    if (bytes.length > writable) throw new RangeError(`WebSocketClient: write of ${bytes.length} bytes; ${writable} are writable now, wait for onWritable`);
    this.#cork();
    if (opcode !== undefined) {
      sendControl(socket, opcode, bytes);
      return writable;
    }
    this.#pending += bytes.length;
    socket.send(bytes, { binary, fin: !more }, (error) => {
      if (!error) this.#written(bytes.length);
    });
    return writable - bytes.length;
  }

  /** Ends the connection: what was written still goes out, no callback follows. May be called again. */
  close(): void {
    const socket = this.#socket;
    const stream = this.#stream;
    if (this.#closed) return;
    this.#closed = true;
    this.#resolver.close?.();
    if (socket === undefined || stream === undefined || socket.readyState === WebSocket.CONNECTING) {
      stream?.destroy();
      return;
    }
    // The peer's own end is waited for, so that nothing unread makes the system reset the connection.
    socket.resume();
    if (socket.readyState === WebSocket.OPEN) stream.end(() => stream.unref());
    const linger = setTimeout(() => stream.destroy(), lingerLimit).unref();
    stream.once("close", () => linger.close());
  }

  /** @returns what opens the connection beneath. */
  #opener(address: string): () => Socket {
    const { host, port = 80, socket } = this.#options;
    const options = { ...socket, address, port, host };
    if (socket.io === TCP) return openTCP("WebSocketClient", options);
    if (socket.io === TLSSocket) return openTLS("WebSocketClient", options);
    throw new TypeError("WebSocketClient: the option socket.io must be TCP or TLSSocket of this package");
  }

  #connect(address: string): void {
    if (this.#closed || this.#stream !== undefined) return;
    const stream = this.#opener(address)();
    this.#stream = stream;
    // Later errors are told by the WebSocket.
    stream.on("error", (error) => {
      if (this.#socket === undefined) this.#finish(error);
    });
    // Nothing is sent before the server's certificate is accepted.
    stream.once(this.#url.protocol === "wss:" ? "secureConnect" : "connect", () => {
      if (this.#closed) return;
      try {
        this.#upgrade(stream);
      } catch (error) {
        // A header or a subprotocol that cannot be sent.
        stream.destroy();
        this.#finish(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #upgrade(stream: Socket): void {
    const { protocol, headers = [] } = this.#options;
    const socket = new WebSocket(this.#url, protocol?.split(",") ?? [], {
      createConnection: () => stream, perMessageDeflate: false, headers: Object.fromEntries(headers),
    });
    let opened = false;
    this.#socket = socket;
    socket.on("open", () => {
      opened = true;
      this.#tellWritable();
    });
    socket.on("message", (data, binary) => this.#message(Array.isArray(data) ? Buffer.concat(data) : bytesOf(data, "ws"), binary));
    socket.on("ping", (data) => this.#control(PING, data));
    socket.on("pong", (data) => this.#control(PONG, data));
    socket.on("error", (error) => (this.#failure = opened ? error : explained(error, this.#url, protocol)));
    socket.on("close", (code, reason) => {
      if (this.#failure !== undefined || code === ABNORMAL) this.#finish(this.#failure ?? new Error("the connection was closed"));
      else this.#finish(new Error(`the server closed the WebSocket: status ${code} ${reason.toString()}`.trimEnd()), closing(code, reason));
    });
  }

  #message(data: Uint8Array, binary: boolean): void {
    if (this.#closed) return;
    const bytes = new ReceiveQueue();
    bytes.push(data);
    this.#received.push({ binary, bytes });
    this.#waiting += data.byteLength;
    if (this.#waiting >= this.#receiveBufferSize) this.#socket?.pause();
    if (this.#received.length === 1 && !this.#announcing) this.#announce();
  }

  /** Not from inside `read`. */
  #announceLater(): void {
    if (this.#announcing) return;
    this.#announcing = true;
    nextTick(() => {
      this.#announcing = false;
      this.#announce();
    });
  }

  /** Tells of the message that is next, or of the end. */
  #announce(): void {
    const message = this.#received[0];
    if (this.#closed) return;
    if (message === undefined) {
      this.#tellEnd?.();
      return;
    }
    const empty = message.bytes.length === 0;
    this.#options.onReadable?.call(this, message.bytes.length, { more: false, binary: message.binary });
    if (!empty) return;
    this.#received.shift();
    this.#announceLater();
  }

  #tellWritable(): void {
    if (!this.#closed) this.#options.onWritable?.call(this, this.#sendBufferSize);
  }

  #written(count: number): void {
    this.#pending -= count;
    if (this.#pending === 0) this.#tellWritable();
  }

  #control(opcode: number, data: Uint8Array): void {
    if (!this.#closed) this.#options.onControl?.call(this, opcode, Uint8Array.from(data).buffer);
  }

  /** The connection is over. @param closing the payload of the server's closing frame, when it came. */
  #finish(reason: Error, closing?: Uint8Array): void {
    const { onError, onClose } = this.#options;
    if (this.#tellEnd !== undefined) return;
    this.#tellEnd = () => {
      this.#tellEnd = () => undefined;
      if (closing !== undefined) this.#control(CLOSE, closing);
      if (!this.#closed) (closing === undefined ? onError : onClose)?.call(this, reason);
    };
    if (this.#received.length === 0) this.#announceLater();
  }

  /** Collects the frames of this turn into one segment or TLS record. */
  #cork(): void {
    const stream = this.#stream;
    if (this.#corked || stream === undefined) return;
    this.#corked = true;
    stream.cork();
    nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }
}

/** @throws RangeError for an opcode of no control frame. */
function sendControl(socket: WebSocket, opcode: number, payload: Buffer): void {
  if (opcode === PING) socket.ping(payload);
  else if (opcode === PONG) socket.pong(payload);
  else if (opcode !== CLOSE) throw new RangeError(`WebSocketClient: write with opcode ${opcode}; control frames have ${CLOSE}, ${PING} and ${PONG}`);
  else if (payload.length === 0) socket.close();
  else socket.close(payload.readUInt16BE(0), payload.subarray(2));
}

/** The payload of a closing frame. */
function closing(code: number, reason: Uint8Array): Uint8Array {
  return code === NO_STATUS ? new Uint8Array(0) : Uint8Array.of(code >> 8, code, ...reason);
}

/** What a refused handshake means, where `ws` only says what happened. */
function explained(error: NodeJS.ErrnoException, url: URL, protocol: string | undefined): Error {
  const status = /^Unexpected server response: (\d+)$/.exec(error.message)?.[1];
  const path = url.pathname + url.search;
  if (status !== undefined) return new Error(`the server answers HTTP ${status} on the path ${path}: give the path of its WebSocket`, { cause: error });
  if (error.message.includes("subprotocol"))
    return new Error(`the WebSocket on the path ${path} is for something else: it does not choose the subprotocol "${protocol ?? ""}"`, { cause: error });
  if (error.code === "ECONNRESET") return new Error("the server ends the connection when it is asked for a WebSocket: give the port that has one", { cause: error });
  if (error.code?.startsWith("HPE_")) return new Error("the server does not speak HTTP: give the port of its WebSocket", { cause: error });
  return error;
}
