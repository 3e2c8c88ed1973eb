import { equal, ok } from "node:assert/strict";
import type { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { Connection, ConnectionState } from "../../../src/protocol/connection/connection.js";
import { Take, type ConnectionConfiguration, type ConnectionHandler } from "../../../src/protocol/connection/handler.js";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { MqttError } from "../../../src/protocol/error.js";
import { Publication, type PublicationPayload } from "../../../src/protocol/session/publication.js";
import { Session } from "../../../src/protocol/session/session.js";
import { FakeTransport } from "../support/fake-transport.js";
import { payloadOf, tagOf } from "./model-server.js";

export interface ClientOptions {
  readonly version: 4 | 5;
  readonly inFlight: number;
  readonly receiveMaximum: number;
  /** The most bytes that the transport takes at once. */
  readonly window: number;
  readonly sendBuffer: number;
  readonly receiveBuffer: number;
}

/** What became of a publication that was accepted. */
interface Fate {
  readonly tag: number;
  readonly qos: number;
  /** How often it was told: settled, refused or lost. */
  told: number;
  success: boolean;
}

/** An application over a {@link Connection} and its session, and the socket between: it notes what happens to each message. */
export class ModelClient implements ConnectionHandler {
  readonly hearsAcknowledgements = true;
  connection!: Connection;
  transport = new FakeTransport(0);
  /** Publications that were accepted, in order. */
  readonly fates: Fate[] = [];
  /** How often each message was taken, by tag, in order of first arrival. */
  readonly taken = new Map<number, number>();
  /** Decides what the next message gets. */
  choice = 0;
  readonly configuration: ConnectionConfiguration;
  readonly sendBuffer: Uint8Array;
  readonly #session: Session;
  readonly #options: ClientOptions;
  readonly #byPayload = new Map<PublicationPayload, Fate>();
  readonly #publications = [0, 1, 2].map((qos) => new Publication("t", qos, false));
  #later: { readonly identifier: number; readonly connection: Connection }[] = [];
  #piece: number[] = [];
  #now = 0;
  #cutting = false;

  constructor(options: ClientOptions) {
    const { version, receiveMaximum } = options;
    const properties = version === 5 ? { properties: { sessionExpiryInterval: 60, receiveMaximum } } : {};
    this.#options = options;
    this.configuration = { version, cleanStart: false, keepAlive: 0, clientId: "c", connectTimeout: 1, ...properties };
    this.sendBuffer = new Uint8Array(options.sendBuffer);
    this.#session = new Session(options.inFlight, options.receiveMaximum);
  }

  get connected(): boolean {
    return this.connection.state === ConnectionState.CONNECTED;
  }

  /** Whether it takes a server for granted that has kept the session. */
  get established(): boolean {
    return this.#session.established === true;
  }

  /** Exchanges that are not finished, in either direction. */
  get unfinished(): number {
    return this.#session.outgoing.count + this.#session.incoming.count;
  }

  connect(): void {
    const { window, receiveBuffer } = this.#options;
    this.#piece = [];
    this.transport = new FakeTransport(window + 64);
    this.connection = new Connection(this.#session, this, new Uint8Array(receiveBuffer));
    this.connection.open(this.transport, this.transport.window, ++this.#now);
    this.transport.window = window;
    this.connection.capacity = 0;
    this.connection.writable(window, this.#now);
  }

  cut(): void {
    this.#cutting = true;
    this.connection.closed(new MqttError("transport", "cut"));
    this.transport.closed = true;
    this.#cutting = false;
  }

  publish(qos: number, length: number, slice: number): void {
    const tag = this.fates.length + 1;
    const bytes = payloadOf(tag, length);
    const payload = slice === 0 ? bytes : { byteLength: length, read: (offset: number, count: number) => bytes.slice(offset, offset + Math.min(count, slice)) };
    const fate = { tag, qos, told: 0, success: false };
    this.#byPayload.set(payload, fate);
    const publication = this.#publications[qos];
    if (publication === undefined) return;
    const published = this.connection.publish(publication, payload, false, ++this.#now);
    if (published === Published.BLOCKED) return;
    this.fates.push(fate);
    if (published === Published.DONE) this.#tell(fate, true);
  }

  subscribe(): void {
    this.connection.subscribe([{ filter: "s" }], undefined, ++this.#now);
  }

  /** The network takes so many bytes from the transport. */
  room(count: number): void {
    this.transport.drain(Math.min(count, this.#options.window - this.transport.window));
    this.connection.writable(this.transport.window, ++this.#now);
  }

  /** Gives bytes as a link does. @returns how many were taken. */
  receive(bytes: readonly number[]): number {
    let count = 0;
    while (count < bytes.length && !this.connection.paused && this.connection.state !== ConnectionState.CLOSED) {
      const space = this.connection.packet.space(bytes.length - count);
      space.set(bytes.slice(count, count + space.length));
      this.connection.receive(space.length, ++this.#now);
      count += space.length;
    }
    return count;
  }

  release(): void {
    if (this.connection.paused) this.connection.release(Take.TAKEN, ++this.#now);
  }

  /** The application is done with a message that it acknowledges later, not always the oldest. */
  acknowledge(choice: number): void {
    const [later] = this.#later.splice(choice % Math.max(1, this.#later.length), 1);
    later?.connection.acknowledge(later.identifier, 0, ++this.#now);
  }

  onPublish(packet: ReceivedPacket): number {
    equal(packet.checkTopic(), 0);
    equal(packet.topic, "s");
    equal(packet.offset, this.#piece.length, "pieces follow each other");
    this.#piece.push(...packet.payload);
    if (packet.more) return this.choice % 3 === 1 ? Take.HELD : Take.TAKEN;
    const tag = tagOf(this.#piece);
    equal(this.#piece.length, packet.byteLength);
    this.#piece = [];
    this.taken.set(tag, (this.taken.get(tag) ?? 0) + 1);
    // What is held and not released before the connection ends comes again: nothing for a QoS 2 message that counts as taken.
    if (this.choice % 3 === 1 && packet.qos < 2) return Take.HELD;
    if (this.choice % 3 !== 2 || packet.qos === 0) return Take.TAKEN;
    this.#later.push({ identifier: packet.identifier, connection: this.connection });
    return Take.LATER;
  }

  onPacket(): void {
    // Nothing that the model needs.
  }

  onSettled(_publication: Publication, payload: PublicationPayload, outcome: number | MqttError): void {
    this.#tell(this.#byPayload.get(payload), typeof outcome === "number");
  }

  onLost(_publication: Publication, payload: PublicationPayload): void {
    this.#tell(this.#byPayload.get(payload), false);
  }

  #tell(fate: Fate | undefined, success: boolean): void {
    ok(fate !== undefined, "only what was published is settled");
    fate.told++;
    fate.success = success;
  }

  onWritable(): void {
    // The test publishes when it wants to.
  }

  onClose(error: MqttError): void {
    ok(this.#cutting, `the connection ended: ${error.message}`);
  }
}
