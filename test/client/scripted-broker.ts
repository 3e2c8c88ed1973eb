import { equal } from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { bytes, hex, join } from "../protocol/support/bytes.js";
import { parsedByPeer, type PeerPacket } from "../protocol/support/peer.js";
import { EventQueue } from "./event-queue.js";
import { listenFor } from "./loopback.js";

/** What a scripted broker answers to CONNECT. */
export interface Greeting {
  readonly version?: 4 | 5;
  readonly sessionPresent?: boolean;
  /** Version 5: the properties without their length, as in `bytes`. */
  readonly properties?: string;
}

/** Where a packet ends, or undefined when it is not all there. */
function endOfPacket(data: Uint8Array): number | undefined {
  let length = 0;
  for (let i = 1; i < 5; i++) {
    const byte = data[i];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << (7 * (i - 1));
    if (byte < 0x80) return i + 1 + length <= data.length ? i + 1 + length : undefined;
  }
  throw new Error(`no Remaining Length in ${hex(data.subarray(0, 5))}`);
}

/** One connection of a client, seen from the broker. What is sent and expected is written as in `bytes`. */
export class ScriptedLink {
  readonly #socket: Socket;
  readonly #packets = new EventQueue<Uint8Array>();
  readonly #closed: Promise<unknown>;
  #received: Uint8Array = new Uint8Array(0);
  #version: 4 | 5 = 5;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = once(socket, "close");
    socket.setNoDelay(true);
    // The client may reset the connection; that shows in `closed`.
    socket.on("error", () => undefined);
    socket.on("data", (data: Uint8Array) => this.#data(data));
  }

  #data(data: Uint8Array): void {
    this.#received = join(this.#received, data);
    for (let end = endOfPacket(this.#received); end !== undefined; end = endOfPacket(this.#received)) {
      this.#packets.push(this.#received.slice(0, end));
      this.#received = this.#received.slice(end);
    }
  }

  /** The next packet has exactly these bytes. */
  async expect(...lines: readonly string[]): Promise<void> {
    equal(hex(await this.#packets.next()), hex(bytes(...lines)));
  }

  /** The next packet as mqtt-packet reads it. */
  async next(): Promise<PeerPacket> {
    const packet = await this.#packets.next();
    if (packet[0] === 0x10) this.#version = packet[8] === 4 ? 4 : 5;
    return parsedByPeer(packet, this.#version);
  }

  /** The next packet is of this kind. */
  async nextIs(cmd: string): Promise<PeerPacket> {
    const packet = await this.next();
    equal(packet.cmd, cmd);
    return packet;
  }

  /** Packets that came and that the script has not asked for. */
  get left(): readonly string[] {
    return this.#packets.left.map(hex);
  }

  send(...lines: readonly string[]): void {
    this.#socket.write(bytes(...lines));
  }

  sendBytes(data: Uint8Array): void {
    this.#socket.write(data);
  }

  /** Sends each byte in a segment of its own. */
  async sendSplit(...lines: readonly string[]): Promise<void> {
    for (const byte of bytes(...lines)) await new Promise((resolve) => this.#socket.write(Uint8Array.of(byte), resolve));
  }

  /** Answers the CONNECT that was received. */
  greet({ version = 5, sessionPresent = false, properties = "" }: Greeting = {}): void {
    const first = sessionPresent ? "01" : "00";
    const block = bytes(properties);
    if (version === 4) this.send("20 02", first, "00");
    else this.sendBytes(join(Uint8Array.of(0x20, 3 + block.length, sessionPresent ? 1 : 0, 0, block.length), block));
  }

  /** Ends the connection in good order of TCP. */
  end(): void {
    this.#socket.end();
  }

  /** Resets the connection, as a process that was killed does. */
  cut(): void {
    this.#socket.resetAndDestroy();
  }

  /** Waits until the client has closed. @returns the packets that came before and that the script has not asked for. */
  async closed(): Promise<readonly string[]> {
    await this.#closed;
    return this.left;
  }
}

/** A broker on a free loopback port that does what the test says. */
export class ScriptedBroker {
  readonly port: number;
  readonly #links: EventQueue<ScriptedLink>;

  private constructor(port: number, links: EventQueue<ScriptedLink>) {
    this.port = port;
    this.#links = links;
  }

  /** Starts a broker that ends with the test. */
  static async start(test: TestContext): Promise<ScriptedBroker> {
    const links = new EventQueue<ScriptedLink>();
    const port = await listenFor(test, (socket) => links.push(new ScriptedLink(socket)));
    return new ScriptedBroker(port, links);
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** The next connection. */
  accept(): Promise<ScriptedLink> {
    return this.#links.next();
  }

  /** The next connection, its CONNECT accepted. */
  async welcome(greeting: Greeting = {}): Promise<ScriptedLink> {
    const link = await this.accept();
    equal((await link.nextIs("connect"))["protocolVersion"], greeting.version ?? 5);
    link.greet(greeting);
    return link;
  }

  /** Connections that the script has not asked for. */
  get unasked(): number {
    return this.#links.left.length;
  }
}
