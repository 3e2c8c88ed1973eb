import type { Socket } from "node:net";
import { nextTick } from "node:process";
import { setTimeout } from "node:timers";
import { bytesOf, type ByteBuffer } from "./byte-buffer.js";
import { checkCallback, checkSize } from "./check.js";
import { ReceiveQueue } from "./receive-queue.js";

/** How long a closed socket may take to deliver what was written before, in milliseconds. */
export const lingerLimit = 2000;

/** In bytes, for either direction. */
export const defaultBufferSize = 16_384;

/** ECMA-419 IO options that TCP and TLS have in common. Unknown properties are ignored. */
export interface StreamSocketOptions {
  /** More bytes have arrived; `count` is all that wait to be read. */
  readonly onReadable?: (this: StreamSocket, count: number) => void;
  /** `count` bytes may be written. The first call means: connected. */
  readonly onWritable?: (this: StreamSocket, count: number) => void;
  /** The connection is gone and only `close` is left. What had arrived before was read. `error` goes beyond the standard. */
  readonly onError?: (this: StreamSocket, error: Error) => void;
  readonly format?: "buffer" | "number";
  readonly target?: unknown;
  /** The most that may be written and not yet be with the system, in bytes. Default 16,384. */
  readonly sendBufferSize?: number;
  /** When so many bytes wait to be read, the peer is made to wait (TCP window). Default 16,384. */
  readonly receiveBufferSize?: number;
}

/**
 * An ECMA-419 stream socket over a `net.Socket`: finite buffers in both directions, no callback from inside a
 * public method, unread data before the error that followed it.
 */
export abstract class StreamSocket {
  target: unknown;
  readonly #name: string;
  readonly #onReadable: StreamSocketOptions["onReadable"];
  readonly #onWritable: StreamSocketOptions["onWritable"];
  readonly #onError: StreamSocketOptions["onError"];
  readonly #sendBufferSize: number;
  readonly #receiveBufferSize: number;
  readonly #received = new ReceiveQueue();
  #format: "buffer" | "number" = "buffer";
  /** Undefined once closed. */
  #socket: Socket | undefined;
  #connected = false;
  /** Bytes written that the system has not taken yet. */
  #pending = 0;
  #corked = false;
  #failure: Error | undefined;

  /**
   * @param name the class, for messages
   * @param open opens the connection; called once everything is validated
   * @param ready the event of the socket that means connected
   */
  protected constructor(name: string, options: StreamSocketOptions, open: () => Socket, ready: "connect" | "secureConnect") {
    this.#name = name;
    this.target = options.target;
    this.#onReadable = checkCallback(name, "onReadable", options.onReadable);
    this.#onWritable = checkCallback(name, "onWritable", options.onWritable);
    this.#onError = checkCallback(name, "onError", options.onError);
    this.#sendBufferSize = checkSize(name, "sendBufferSize", options.sendBufferSize ?? defaultBufferSize);
    this.#receiveBufferSize = checkSize(name, "receiveBufferSize", options.receiveBufferSize ?? defaultBufferSize);
    if (options.format !== undefined) this.format = options.format;

    const socket = open();
    this.#socket = socket;
    socket.on(ready, () => this.#ready());
    socket.on("data", (data: Uint8Array) => this.#data(data));
    socket.on("end", () => this.#fail(new Error("the peer closed the connection")));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the connection was closed")));
  }

  /** `"buffer"` (the default) or `"number"`: single bytes. Setting anything else throws a RangeError. */
  get format(): "buffer" | "number" {
    return this.#format;
  }

  set format(format: "buffer" | "number") {
    if (!["buffer", "number"].includes(format)) throw new RangeError(`${this.#name}: format is "buffer" or "number"`);
    this.#format = format;
  }

  /** The peer's IP address; undefined while there is no connection. */
  get remoteAddress(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  /** The peer's port; undefined while there is no connection. */
  get remotePort(): number | undefined {
    return this.#socket?.remotePort;
  }

  /**
   * Reads what has arrived: everything, at most a number of bytes, or as much as a buffer holds. In format `"number"`: one byte.
   * @returns undefined when nothing waits; for a buffer the count of bytes in it.
   * @throws RangeError for a buffer longer than what waits, as on devices, where it is an error; Error after `close`.
   */
  read(byteLength?: number): ArrayBuffer | number | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(into?: number | ByteBuffer): ArrayBuffer | number | undefined {
    const socket = this.#opened("read");
    if (this.#received.length === 0) return undefined;
    let result: ArrayBuffer | number | undefined;
    if (this.#format === "number") {
      const byte = new Uint8Array(1);
      this.#received.take(byte);
      result = byte[0] ?? 0;
    } else result = this.#received.read(into, this.#name);
    if (this.#failure) {
      if (this.#received.length === 0) this.#report(this.#failure);
    } else if (socket.isPaused() && this.#received.length < this.#receiveBufferSize) socket.resume();
    return result;
  }

  /**
   * Writes all of the bytes (in format `"number"`: the byte) or throws. They are copied; those of one turn leave together.
   * After the connection is lost and before `onError` has said so, they are lost too.
   * @returns how many more bytes may be written now.
   * @throws RangeError when they do not fit, TypeError for other data, Error before the first `onWritable` and after `close`.
   */
  write(data: number | ByteBuffer): number {
    const socket = this.#opened("write");
    if (!this.#connected) throw new Error(`${this.#name}: write before the first onWritable; the connection is not there yet`);
    const bytes = this.#bytesToWrite(data);
    if (this.#failure) return 0;
    const writable = this.#sendBufferSize - this.#pending;
    if (bytes.byteLength > writable)
      throw new RangeError(`${this.#name}: write of ${bytes.byteLength} bytes; ${writable} are writable now, wait for onWritable`);
    if (bytes.byteLength === 0) return writable;
    this.#pending += bytes.byteLength;
    this.#cork(socket);
    socket.write(bytes, (error) => {
      if (!error) this.#written(bytes.byteLength);
    });
    return writable - bytes.byteLength;
  }

  /** Ends the connection: what was written still goes out, no callback follows. May be called again. */
  close(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    if (!this.#connected || this.#failure) {
      socket.destroy();
      return;
    }
    // Closing with unread bytes would reset the connection and with it lose what was written last: discard until the peer closes.
    socket.resume();
    socket.end(() => socket.unref());
    const linger = setTimeout(() => socket.destroy(), lingerLimit).unref();
    socket.once("close", () => linger.close());
  }

  #opened(method: string): Socket {
    if (!this.#socket) throw new Error(`${this.#name}: ${method} after close`);
    return this.#socket;
  }

  #bytesToWrite(data: number | ByteBuffer): Uint8Array {
    if (this.#format === "buffer") return bytesOf(data, `${this.#name}: write`).slice();
    if (typeof data !== "number") throw new TypeError(`${this.#name}: write in format "number" takes a byte, 0 to 255`);
    return Uint8Array.of(data);
  }

  /** Collects the writes of this turn into one segment or TLS record. */
  #cork(socket: Socket): void {
    if (this.#corked) return;
    this.#corked = true;
    socket.cork();
    nextTick(() => {
      this.#corked = false;
      socket.uncork();
    });
  }

  #ready(): void {
    if (!this.#socket) return;
    this.#connected = true;
    this.#onWritable?.call(this, this.#sendBufferSize);
  }

  #data(data: Uint8Array): void {
    if (!this.#socket) return;
    this.#received.push(data);
    if (this.#received.length >= this.#receiveBufferSize) this.#socket.pause();
    this.#onReadable?.call(this, this.#received.length);
  }

  #written(count: number): void {
    this.#pending -= count;
    if (this.#socket && this.#pending === 0) this.#onWritable?.call(this, this.#sendBufferSize);
  }

  #fail(error: Error): void {
    if (!this.#socket || this.#failure) return;
    this.#failure = error;
    this.#socket.destroy();
    if (this.#received.length === 0) this.#report(error);
  }

  #report(error: Error): void {
    nextTick(() => {
      if (this.#socket) this.#onError?.call(this, error);
    });
  }
}
