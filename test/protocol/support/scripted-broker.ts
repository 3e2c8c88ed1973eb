import { deepEqual, equal, ok } from "node:assert/strict";
import type { Connect } from "../../../src/protocol/codec/connect.js";
import { packetName } from "../../../src/protocol/codec/packet-type.js";
import type { Properties, PublishProperties } from "../../../src/protocol/codec/property.js";
import type { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { readUtf8 } from "../../../src/protocol/codec/utf8.js";
import { Connection, ConnectionState } from "../../../src/protocol/connection/connection.js";
import { Fate, Take, type ConnectionConfiguration, type ConnectionHandler } from "../../../src/protocol/connection/handler.js";
import { MqttError } from "../../../src/protocol/error.js";
import { Publication, type PublicationPayload } from "../../../src/protocol/session/publication.js";
import { Session } from "../../../src/protocol/session/session.js";
import { bytes, hex, join } from "./bytes.js";
import { FakeTransport } from "./fake-transport.js";

export interface ScriptOptions extends Partial<Connect> {
  /** Of the session. */
  readonly inFlight?: number;
  readonly receiveMaximum?: number;
  /** Bytes that the transport takes after the CONNECT until it is drained. Default: any number. */
  readonly window?: number;
  /** Length of the receive buffer. Default 128. */
  readonly receiveBuffer?: number;
  /** Length of the send buffer. Default 128. */
  readonly sendBuffer?: number;
  readonly topicAliases?: number;
  /** Whether publications may follow the CONNECT at once. */
  readonly early?: boolean;
}

/** Options of a client whose session outlives its connections. */
export const LASTING: ScriptOptions = { cleanStart: false, properties: { sessionExpiryInterval: 60 } };

export const CONNECT_TIMEOUT = 30_000;
export const PING_TIMEOUT = 10_000;

const code = (reasonCode: number): string => (reasonCode === 0 ? "" : ` 0x${reasonCode.toString(16)}`);
const topicOf = (publication: Publication): string => readUtf8(publication.topic, 2, publication.topic.length);

/**
 * Plays the server, the transport, the clock and the application around a {@link Connection}, so that a test reads as a sequence
 * diagram: what the client does, what the broker {@link expect}s, what it {@link reply}s, what the application is {@link told}.
 */
export class ScriptedBroker implements ConnectionHandler {
  /** Whether the application is told of acknowledgements; else publications are. */
  hearsAcknowledgements = true;
  readonly session: Session;
  configuration: ConnectionConfiguration = { version: 5, cleanStart: true, keepAlive: 0, clientId: "c", connectTimeout: CONNECT_TIMEOUT };
  sendBuffer = new Uint8Array(0);
  topicAliases = 0;
  /** The connection in use; each {@link connect} makes a new one. */
  client!: Connection;
  transport = new FakeTransport(Infinity);
  /** Milliseconds on the fake clock. */
  now = 1000;
  /** Why the connection ended. */
  error: MqttError | undefined;
  /** How often the application was told that there may be room. */
  writableCalls = 0;
  /** Payload of the messages that were delivered, piece by piece. */
  readonly delivered: number[] = [];
  /** What the application answers to a message. */
  take: (packet: ReceivedPacket) => number = () => Take.TAKEN;
  /** What the application does when it is told of something. */
  reaction: (line: string) => void = () => undefined;
  /** Why the last publication was settled without a packet. */
  settledError: MqttError | undefined;
  /** What the application does when there may be room. */
  whenWritable: () => void = () => undefined;
  /** What the application does when the server accepts. */
  onAccepted: (announced: Properties) => void = () => undefined;
  #options: ScriptOptions;
  #log: string[] = [];
  #window = Infinity;
  #unread: Uint8Array = new Uint8Array(0);
  #silent = false;

  constructor(options: ScriptOptions = {}) {
    this.#options = options;
    this.session = new Session(options.inFlight, options.receiveMaximum);
  }

  /** A connection that stands. @param connackProperties the properties of the CONNACK, as for {@link bytes}. */
  static connected(options?: ScriptOptions, ...connackProperties: readonly string[]): ScriptedBroker {
    return new ScriptedBroker(options).connect().accept(false, ...connackProperties);
  }

  get connection(): Connection {
    return this.client;
  }

  /** The client connects: on the same session, with other options where some are given. */
  connect(options: ScriptOptions = {}): this {
    this.#options = { ...this.#options, ...options };
    const { window = Infinity, receiveBuffer = 128, sendBuffer = 128, topicAliases = 4, early = false, ...connect } = this.#options;
    this.transport = new FakeTransport(Infinity);
    this.#window = window;
    this.#unread = new Uint8Array(0);
    this.error = undefined;
    this.#silent = false;
    this.configuration = { ...this.configuration, ...connect };
    this.sendBuffer = new Uint8Array(sendBuffer);
    this.topicAliases = topicAliases;
    this.client = new Connection(this.session, this, new Uint8Array(receiveBuffer));
    this.client.open(this.transport, Infinity, this.now, early);
    return this;
  }

  /** Takes the CONNECT, whatever it says, and accepts it; what is sent at once is left for {@link expect}. */
  accept(sessionPresent: boolean, ...properties: readonly string[]): this {
    equal(this.transport.take()[0], 0x10, "CONNECT comes first");
    this.transport.window = this.#window;
    // CONNECT went through a wider one.
    this.client.capacity = 0;
    this.client.writable(this.#window, this.now);
    const list = bytes(...properties);
    const version4 = this.#options.version === 4;
    const head = version4 ? [0x20, 2, sessionPresent ? 1 : 0, 0] : [0x20, 3 + list.length, sessionPresent ? 1 : 0, 0, list.length];
    this.#feed(join(Uint8Array.from(head), list));
    const told = this.#log.indexOf("CONNACK");
    ok(told >= 0, `the application was told of ${this.#log.join(", ")}`);
    this.#log.splice(told, 1);
    return this;
  }

  /** These bytes, no more and no fewer, were sent since the last call. */
  expect(...lines: readonly string[]): this {
    equal(hex(this.transport.take()), hex(bytes(...lines)));
    return this;
  }

  /** Nothing was sent since the last call. */
  expectNothing(): this {
    return this.expect();
  }

  /** The broker sends bytes. */
  reply(...lines: readonly string[]): this {
    return this.#feed(bytes(...lines));
  }

  /** The broker sends bytes that are too many to write out. */
  replyBytes(data: Uint8Array): this {
    return this.#feed(data);
  }

  /** The application was told these things since the last call, in this order. */
  told(...lines: readonly string[]): this {
    deepEqual(this.#log, lines);
    this.#log = [];
    return this;
  }

  /** What the application was told since the last call. */
  takeLog(): readonly string[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  /** Time passes; what falls due is done at its time. */
  after(milliseconds: number): this {
    const end = this.now + milliseconds;
    for (let deadline = this.client.nextDeadline(); deadline <= end; deadline = this.client.nextDeadline()) {
      if (deadline > this.now) this.now = deadline;
      this.client.handleTimeout(this.now);
      ok(this.client.nextDeadline() > this.now, "a deadline that was met moves on");
    }
    this.now = end;
    return this;
  }

  /** The network takes bytes away, so that the transport takes as many more. */
  drain(count: number): this {
    this.transport.drain(count);
    this.client.writable(this.transport.window, this.now);
    this.#read();
    return this;
  }

  /** The network fails, which the application is told last. */
  cut(): this {
    this.client.closed(new MqttError("transport", "cut"));
    equal(this.#log.pop(), "closed transport 0x80");
    return this;
  }

  /** The client publishes. @param payload as for {@link bytes}. @returns what Connection.publish did. */
  publish(topic: string | Publication, qos = 0, payload: string | PublicationPayload = "", properties?: PublishProperties): number {
    const reuse = typeof topic !== "string";
    const publication = reuse ? topic : new Publication(topic, qos, false, properties);
    return this.client.publish(publication, typeof payload === "string" ? bytes(payload) : payload, reuse, this.now);
  }

  /** The client subscribes, at QoS 0. */
  subscribe(...filters: readonly string[]): this {
    ok(this.client.subscribe(filters.map((filter) => ({ filter })), undefined, this.now) > 0);
    return this;
  }

  /** The client unsubscribes. */
  unsubscribe(...filters: readonly string[]): this {
    ok(this.client.unsubscribe(filters, undefined, this.now) > 0);
    return this;
  }

  /** The application is done with the piece it held. */
  release(take: number = Take.TAKEN): this {
    this.client.release(take, this.now);
    this.#read();
    return this;
  }

  /** The application is done with a message that it took with `Take.LATER`. */
  acknowledge(identifier: number, reasonCode = 0): this {
    this.client.acknowledge(identifier, reasonCode, this.now);
    this.#read();
    return this;
  }

  /** The client ends the connection. From now on nothing may be called back. */
  disconnect(reasonCode = 0): boolean {
    const sent = this.client.disconnect(reasonCode, undefined, this.now);
    this.#end();
    return sent;
  }

  #feed(data: Uint8Array): this {
    this.#unread = join(this.#unread, data);
    this.#read();
    return this;
  }

  /** Reads as a link does. */
  #read(): void {
    const { client } = this;
    while (this.#unread.length > 0 && !client.paused && client.state !== ConnectionState.CLOSED) {
      const space = client.packet.space(this.#unread.length);
      ok(space.length > 0, "there is space whenever the connection is not paused");
      space.set(this.#unread.subarray(0, space.length));
      this.#unread = this.#unread.subarray(space.length);
      client.receive(space.length, this.now);
    }
  }

  #end(): void {
    this.#silent = this.transport.closed = true;
  }

  #note(line: string): void {
    ok(!this.#silent, `nothing may be called back after the end: ${line}`);
    this.#log.push(line);
    this.reaction(line);
  }

  onPacket(packet: ReceivedPacket): void {
    this.#note(`${packetName(packet.type)}${packet.identifier === 0 ? "" : ` ${packet.identifier}`}${code(packet.reasonCode)}`);
  }

  onPublish(packet: ReceivedPacket): number {
    if (packet.checkTopic() !== 0) return Take.TAKEN;
    const head = `${packet.topic} QoS ${packet.qos}${packet.duplicate ? " DUP" : ""}${packet.retain ? " RETAIN" : ""}`;
    const piece = packet.payload;
    this.delivered.push(...piece);
    const whole = packet.offset === 0 && !packet.more;
    this.#note(whole ? `${head}: ${hex(piece)}` : `${head}: ${packet.offset} to ${packet.offset + piece.length} of ${packet.byteLength}`);
    return this.take(packet);
  }

  onSettled(publication: Publication, _payload: PublicationPayload, outcome: number | MqttError): void {
    this.settledError = typeof outcome === "number" ? undefined : outcome;
    this.#note(`settled ${topicOf(publication)}${code(typeof outcome === "number" ? outcome : outcome.reasonCode)}`);
  }

  onLost(publication: Publication, _payload: PublicationPayload, fate: number): void {
    this.#note(`lost ${topicOf(publication)}${fate === Fate.RELEASED ? " released" : fate === Fate.UNSENT ? " unsent" : ""}`);
  }

  onWritable(): void {
    ok(!this.#silent, "nothing may be called back after the end: onWritable");
    this.writableCalls++;
    this.whenWritable();
  }

  onClose(error: MqttError): void {
    this.#note(`closed ${error.kind}${code(error.reasonCode)}`);
    this.error = error;
    this.#end();
  }
}
