/** `embedded:network/websocket/client`: the WebSocket Client Class Pattern of ECMA-419 (clause 24) over any TCP socket of ECMA-419. */
import Timer from "timer";
import { encodeUtf8 } from "../../../src/protocol/codec/utf8.js";
import type { Resolver, Socket, WebSocketClientConstructorOptions } from "../../../src/client/ecma-419.js";
import { BINARY, CLOSE, decodeHeader, encodeFrame, type FrameHeader, headerLength, LONGEST_HEADER, PING, PONG, TEXT } from "./frame.js";
import { Handshake } from "./handshake.js";

/** Bytes of the longest answer that is read in the opening handshake. */
const longestAnswer = 4096;

/** What the pattern has beyond what the transport of MQTT asks for. Unknown properties are ignored. */
export interface WebSocketOptions extends Omit<WebSocketClientConstructorOptions, "target" | "socket" | "onReadable"> {
  readonly socket: { readonly io: unknown; readonly [option: string]: unknown };
  readonly headers?: Iterable<readonly [name: string, value: string]>;
  readonly onReadable: (count: number, options: { readonly more: boolean; readonly binary: boolean }) => void;
  readonly onControl?: (opcode: number, payload: ArrayBuffer) => void;
  readonly target?: unknown;
}

type SocketClass = new (options: Readonly<Record<string, unknown>>) => Socket;

/** One connection. Its format is `"buffer"`; `attach` is not supported. Callbacks come as its methods, and none from inside a method. */
export default class WebSocketClient {
  readonly target: unknown;
  private readonly options: WebSocketOptions;
  private readonly handshake: Handshake;
  private readonly resolver: Resolver;
  private socket: Socket | undefined;
  private asked = false;
  private connected = false;
  private closed = false;
  /** Bytes that the socket has, and room that it has. */
  private available = 0;
  private room = 0;
  /** Of the answer or the header that is coming in. */
  private head: number[] = [];
  /** The frame that is coming in, and how much of its payload has not been read. */
  private frame: FrameHeader | undefined;
  private left = 0;
  private control: number[] = [];
  /** Of the message that is coming in; undefined between messages. */
  private binary: boolean | undefined;
  /** Bytes that were announced and not read. */
  private unread = 0;
  private writing = false;
  private taking = false;
  private later: unknown;
  private pong: Uint8Array | undefined;

  constructor(options: WebSocketOptions) {
    const { host, port, path, protocol, headers = [], dns, target } = options;
    this.options = options;
    this.target = target;
    this.handshake = new Handshake({ host, port, path, protocol, headers }, Math.random);
    this.resolver = new dns.io(dns);
    const resolved = (first: unknown, second?: unknown): void => {
      if (this.socket !== undefined || this.closed) return;
      if (typeof second === "string") this.connect(second);
      else this.fail(first === host ? second : first);
    };
    this.resolver.resolve({ host, onResolved: resolved, onError: resolved }, resolved);
  }

  /** Reads what was announced: no more than that. @returns how many bytes. @throws Error where there are fewer. */
  read(buffer: Uint8Array): number {
    const { socket } = this;
    if (socket === undefined || buffer.length > this.unread) throw new Error("WebSocketClient: read of more than there is");
    socket.read(buffer);
    this.unread -= buffer.length;
    this.available -= buffer.length;
    this.left -= buffer.length;
    if (this.unread === 0 && !this.taking) this.later ??= Timer.set(() => this.take(), 0);
    return buffer.length;
  }

  /** Writes one frame, or throws. @returns how many bytes the next one may carry. */
  write(data: Uint8Array, { opcode, binary = true, more = false }: { readonly opcode?: number; readonly binary?: boolean; readonly more?: boolean } = {}): number {
    if (!this.connected || this.closed) throw new Error("WebSocketClient: write without a connection");
    if (data.length > this.writable) throw new Error("WebSocketClient: no room for this frame");
    if (opcode !== undefined) this.send(opcode, data, true);
    else {
      this.send(this.writing ? 0 : binary ? BINARY : TEXT, data, !more);
      this.writing = more;
    }
    return this.writable;
  }

  /** Ends the connection, without the closing handshake. May be called again. */
  close(): void {
    this.closed = true;
    if (this.later !== undefined) Timer.clear(this.later as Parameters<typeof Timer.clear>[0]);
    this.resolver.close?.();
    this.socket?.close();
  }

  /** Bytes of the next frame's payload. */
  private get writable(): number {
    return Math.max(0, this.room - LONGEST_HEADER);
  }

  private connect(address: string): void {
    const { host, port, socket } = this.options;
    try {
      this.socket = new (socket.io as SocketClass)({
        ...socket, address, host, port,
        onReadable: (count: number) => this.arrived(count),
        onWritable: (count: number) => this.ready(count),
        onError: (error?: unknown) => this.fail(error),
      });
    } catch (error) {
      this.fail(error);
    }
  }

  private ready(count: number): void {
    const { socket } = this;
    if (socket === undefined || this.closed) return;
    this.room = count;
    if (this.connected) {
      this.answerPing();
      this.options.onWritable.call(this, this.writable);
    } else if (!this.asked) {
      this.asked = true;
      socket.format = "buffer";
      this.room = socket.write(encodeUtf8(this.handshake.request)) ?? 0;
    }
  }

  private arrived(count: number): void {
    this.available = count;
    if (this.unread === 0) this.take();
  }

  /** Takes in what the socket has, up to the next bytes for the user. */
  private take(): void {
    this.later = undefined;
    this.taking = true;
    try {
      while (this.available > 0 && this.unread === 0 && !this.closed) {
        if (!this.connected) this.takeAnswer();
        else if (this.frame === undefined) this.takeHeader();
        else if (this.frame.opcode >= CLOSE) this.takeControl(this.frame);
        else this.announce(this.frame);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.taking = false;
    }
  }

  private byte(): number {
    const one = new Uint8Array(1);
    this.socket?.read(one);
    this.available--;
    return one[0] ?? 0;
  }

  private takeAnswer(): void {
    const { head } = this;
    head.push(this.byte());
    if (head.length > longestAnswer) throw new Error("the server's answer is too long for that of a WebSocket");
    if (head.length < 4 || head.slice(-4).join() !== "13,10,13,10") return;
    this.handshake.check(String.fromCharCode(...head));
    this.head = [];
    this.connected = true;
    this.options.onWritable.call(this, this.writable);
  }

  private takeHeader(): void {
    const { head } = this;
    head.push(this.byte());
    const bytes = Uint8Array.from(head);
    if (bytes.length < 2 || bytes.length < headerLength(bytes)) return;
    const frame = decodeHeader(bytes, this.binary !== undefined);
    this.head = [];
    this.frame = frame;
    this.left = frame.length;
    this.control = [];
    if (frame.opcode === TEXT || frame.opcode === BINARY) this.binary = frame.opcode === BINARY;
    // An empty one has no bytes to wait for.
    if (frame.length > 0) return;
    if (frame.opcode >= CLOSE) this.controlled(frame);
    else this.announce(frame);
  }

  private announce({ final }: FrameHeader): void {
    const count = Math.min(this.left, this.available);
    const binary = this.binary ?? true;
    const last = count === this.left;
    this.unread = count;
    if (last) {
      this.frame = undefined;
      if (final) this.binary = undefined;
    }
    this.options.onReadable.call(this, count, { more: !last || !final, binary });
  }

  private takeControl(frame: FrameHeader): void {
    this.control.push(this.byte());
    if (--this.left === 0) this.controlled(frame);
  }

  private controlled({ opcode }: FrameHeader): void {
    const payload = Uint8Array.from(this.control);
    this.frame = undefined;
    if (opcode === PING) {
      this.pong = payload;
      this.answerPing();
    }
    this.options.onControl?.call(this, opcode, payload.slice().buffer);
    if (opcode !== CLOSE || this.closed) return;
    if (payload.length + 6 <= this.room) this.send(CLOSE, payload.slice(0, 2), true);
    this.close();
    this.options.onClose.call(this, new Error(`the server closed the WebSocket: status ${((payload[0] ?? 0) << 8) | (payload[1] ?? 0) || 1005}`));
  }

  /** The last one only, where several came before there was room (RFC 6455, 5.5.3). */
  private answerPing(): void {
    const { pong } = this;
    if (pong === undefined || pong.length > this.writable) return;
    this.pong = undefined;
    this.send(PONG, pong, true);
  }

  private send(opcode: number, payload: Uint8Array, final: boolean): void {
    const mask = Uint8Array.from({ length: 4 }, () => Math.floor(Math.random() * 256));
    this.room = this.socket?.write(encodeFrame(opcode, payload, final, mask)) ?? 0;
  }

  private fail(error: unknown): void {
    if (this.closed) return;
    this.close();
    this.options.onError.call(this, error);
  }
}
