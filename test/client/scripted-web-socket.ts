import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { bytes, hex, join } from "../protocol/support/bytes.js";
import { EventQueue } from "./event-queue.js";
import { listenFor } from "./loopback.js";

/** Opcodes (RFC 6455, 11.8). */
export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** A frame of a client. */
export interface Frame {
  readonly opcode: number;
  readonly final: boolean;
  readonly masked: boolean;
  /** Hexadecimal digits. */
  readonly payload: string;
}

/** What every answer of a server has in the opening handshake (RFC 6455, 4.2.2). */
const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** One WebSocket of a client, seen from the server, on raw bytes. What is sent is written as in `bytes`. */
export class WebSocketLink {
  readonly #socket: Socket;
  readonly #requests = new EventQueue<string>();
  readonly #frames = new EventQueue<Frame>();
  readonly #closed: Promise<unknown>;
  #received: Uint8Array = new Uint8Array(0);
  #request: string | undefined;
  /** Lengths of what came at once. */
  readonly arrivals: number[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = once(socket, "close");
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("data", (data: Uint8Array) => this.#data(data));
  }

  #data(data: Uint8Array): void {
    this.arrivals.push(data.length);
    this.#received = join(this.#received, data);
    if (this.#request === undefined) {
      const end = Buffer.from(this.#received).indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#request = Buffer.from(this.#received.subarray(0, end)).toString("latin1");
      this.#received = this.#received.slice(end + 4);
      this.#requests.push(this.#request);
    }
    while (this.#takeFrame());
  }

  #takeFrame(): boolean {
    const [first = 0, second = 0] = this.#received;
    const view = new DataView(this.#received.buffer, this.#received.byteOffset, this.#received.length);
    const short = second & 0x7f;
    let position = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (view.byteLength < position + 4) return false;
    const length = short < 126 ? short : short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
    const masked = second >= 0x80;
    const mask = masked ? this.#received.slice(position, (position += 4)) : new Uint8Array(4);
    if (view.byteLength < position + length) return false;
    const payload = this.#received.slice(position, position + length).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    this.#received = this.#received.slice(position + length);
    this.#frames.push({ opcode: first & 15, final: first >= 0x80, masked, payload: hex(payload) });
    return true;
  }

  /** The request of the opening handshake. */
  async request(): Promise<{ readonly line: string; readonly header: (name: string) => string | undefined }> {
    const [line = "", ...headers] = (await this.#requests.next()).split("\r\n");
    return { line, header: (name) => headers.find((header) => header.toLowerCase().startsWith(`${name.toLowerCase()}:`))?.slice(name.length + 1).trim() };
  }

  /** Completes the opening handshake. @param protocol the subprotocol that is chosen, null for none. @param more bytes that come in the same segment. */
  async upgrade(protocol: string | null = "mqtt", more: Uint8Array = new Uint8Array(0)): Promise<void> {
    const key = (await this.request()).header("Sec-WebSocket-Key") ?? "";
    const accept = createHash("sha1").update(key + ACCEPT_GUID).digest("base64");
    const headers = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accept}`, ...(protocol === null ? [] : [`Sec-WebSocket-Protocol: ${protocol}`])];
    this.#socket.write(join(Buffer.from(["HTTP/1.1 101 Switching Protocols", ...headers, "", ""].join("\r\n")), more));
  }

  /** Writes bytes as they are. */
  write(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  /** Sends one frame of up to 65,535 bytes. */
  send(opcode: number, payload: string | Uint8Array, final = true): void {
    this.#socket.write(frame(opcode, typeof payload === "string" ? bytes(payload) : payload, final));
  }

  /** The next frame. */
  frame(): Promise<Frame> {
    return this.#frames.next();
  }

  /** Frames that nobody has asked for. */
  get left(): readonly Frame[] {
    return this.#frames.left;
  }

  /** Bytes that wait for the client to read. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  end(): void {
    this.#socket.end();
  }

  /** Waits until the client has closed. */
  async closed(): Promise<void> {
    await this.#closed;
  }
}

/** A frame of a server: not masked. */
export function frame(opcode: number, payload: Uint8Array, final = true): Uint8Array {
  const { length } = payload;
  return join(Uint8Array.of((final ? 0x80 : 0) | opcode, ...(length < 126 ? [length] : [126, length >> 8, length & 0xff])), payload);
}

/** A server on a free loopback port that does what the test says. */
export class ScriptedWebSocketServer {
  readonly port: number;
  readonly #links: EventQueue<WebSocketLink>;

  private constructor(port: number, links: EventQueue<WebSocketLink>) {
    this.port = port;
    this.#links = links;
  }

  /** Starts a server that ends with the test. */
  static async start(test: TestContext): Promise<ScriptedWebSocketServer> {
    const links = new EventQueue<WebSocketLink>();
    const port = await listenFor(test, (socket) => links.push(new WebSocketLink(socket)));
    return new ScriptedWebSocketServer(port, links);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** The next connection. */
  accept(): Promise<WebSocketLink> {
    return this.#links.next();
  }
}
