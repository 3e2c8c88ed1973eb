import fc from "fast-check";
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { packetName, PacketType } from "../../../src/protocol/codec/packet-type.js";
import type { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { Connection, ConnectionState } from "../../../src/protocol/connection/connection.js";
import { Take, type ConnectionConfiguration, type ConnectionHandler } from "../../../src/protocol/connection/handler.js";
import type { Taker } from "../../../src/protocol/connection/receiver.js";
import { Success } from "../../../src/protocol/connection/sender.js";
import { MqttError } from "../../../src/protocol/error.js";
import { OutgoingState } from "../../../src/protocol/session/outgoing.js";
import { Publication, type PublicationPayload } from "../../../src/protocol/session/publication.js";
import { Session } from "../../../src/protocol/session/session.js";
import { bytes, hex, join } from "../support/bytes.js";
import { FakeTransport } from "../support/fake-transport.js";
import { chunks } from "../support/feeding.js";
import { acknowledgement, changed, changes, LARGE, LONG, stream, TOPIC } from "../support/server-streams.js";
import { summary } from "../support/summary.js";

/** The topic with its length, as a client's subscription has it. */
const wire = (topic: string): DataView => new DataView(bytes(`00 ${topic.length.toString(16).padStart(2, "0")}`, `'${topic}'`).buffer);

/** Notes its end where all else is noted. */
class Noted extends Publication {
  readonly #note: (line: string) => void;

  constructor(note: (line: string) => void, qos: number) {
    super("a", qos, false);
    this.#note = note;
  }

  override released(): void {
    this.#note("released");
  }

  override settled(outcome: number | MqttError): void {
    this.#note(`settled ${String(outcome)}`);
  }
}

/** A client of a server that sends what it wants. Told in the usual way, it takes up usual packets by the short way where it may. */
class Client implements ConnectionHandler {
  readonly log: string[] = [];
  /** The acknowledgements that it heard of; when its answer goes out is not the same both ways. */
  readonly heard: string[] = [];
  readonly hearsAcknowledgements: boolean;
  readonly configuration: ConnectionConfiguration;
  readonly sendBuffer = new Uint8Array(64);
  readonly #usual: boolean;
  readonly #hears: boolean;
  readonly #session = new Session(6, 4);
  readonly connection: Connection;
  readonly #transport = new FakeTransport(Infinity);
  #now = 1;
  /** Whether it notes that there is room. */
  #writes = false;
  /** Messages that are to be acknowledged later. */
  #later: number[] = [];

  /** @param hears whether it hears of acknowledgements by the short way too. */
  constructor(usual: boolean, qos: readonly number[], version: 4 | 5, hears = false) {
    this.#usual = usual;
    this.#hears = hears;
    this.hearsAcknowledgements = hears || !usual;
    this.configuration = { version, cleanStart: true, keepAlive: 0, clientId: "c", properties: { topicAliasMaximum: 1 }, connectTimeout: 1000 };
    this.connection = new Connection(this.#session, this, new Uint8Array(200));
    this.connection.open(this.#transport, 1000, 1);
    this.#read(version === 5 ? bytes("20 03 00 00 00") : bytes("20 02 00 00"));
    const note = this.#note.bind(this);
    for (const each of qos) this.connection.publish(new Noted(note, each), new Uint8Array(1), false, 1);
    this.#note("ready");
  }

  /** The server sends this, in these parts; the transport takes `room` bytes behind each. */
  receive(parts: readonly Uint8Array[], room: readonly number[]): this {
    parts.forEach((part, index) => {
      this.#read(part);
      this.#transport.window = room[index % room.length] ?? 0;
      if (this.#alive) this.connection.writable(this.#transport.window, ++this.#now);
      this.#note("drained");
      this.#finish();
    });
    return this;
  }

  /** The server sends this, in these parts. @returns all that is sent and told then, but the pieces of messages, which are no more than parts. */
  trace(parts: readonly Uint8Array[]): string {
    this.log.length = 0;
    this.#writes = true;
    for (const part of parts) this.#read(part);
    while (this.#alive && this.connection.paused) this.#resume();
    this.#finish();
    this.#note("end");
    return this.log.filter((line) => line !== "read" && !line.startsWith("piece ")).join("\n").replaceAll("\nsent ", " ");
  }

  /** What has become of the session. */
  get state(): unknown {
    const { incoming, outgoing } = this.#session;
    const { due, quota } = this.connection as unknown as { due: number; quota: number };
    return {
      incoming: Array.from({ length: incoming.count }, (_, index) => incoming.entry(index)),
      outgoing: outgoing.list?.slice(0, outgoing.count).map(({ identifier, state, extra }) => [identifier, state, extra]),
      due, quota,
    };
  }

  get #alive(): boolean {
    return this.connection.state !== ConnectionState.CLOSED;
  }

  #note(line: string): void {
    const sent = this.#transport.take();
    if (sent.length > 0) this.log.push(`sent ${hex(sent)}`);
    this.log.push(line);
  }

  /** Reads as a link does: nothing that is held is read over. */
  #read(part: Uint8Array): void {
    let data = part;
    while (data.length > 0 && this.#alive) {
      if (this.connection.paused) {
        this.#resume();
        continue;
      }
      const space = this.connection.packet.space(data.length);
      space.set(data.subarray(0, space.length));
      data = data.subarray(space.length);
      this.connection.receive(space.length, ++this.#now);
      this.#note("read");
    }
  }

  /** Whoever held a message has looked at it; what waits for room gets some. */
  #resume(): void {
    const transport = this.#transport;
    const told = this.log.length;
    this.connection.release(Take.TAKEN, ++this.#now);
    // What there is no room for in the session's table waits for those that are acknowledged later.
    if (this.connection.paused && this.log.length === told) this.#finish();
    if (!this.#alive || transport.window >= 10) return;
    transport.window += 10;
    this.connection.writable(transport.window, ++this.#now);
  }

  #finish(): void {
    const later = this.#later;
    this.#later = [];
    for (const identifier of later) this.connection.acknowledge(identifier, 0, ++this.#now);
  }

  onPublish(packet: ReceivedPacket): number {
    if (packet.checkTopic() !== 0) return Take.TAKEN;
    const topic = packet.topic;
    if (this.#usual && !packet.more && packet.left < 0 && packet.topicStart > 0 && (topic === TOPIC || topic === LONG))
      this.connection.packet.expect({ filter: topic, topic: wire(topic), handler: (message) => this.#look(message, topic) || undefined });
    return this.#look(packet, topic);
  }

  onTaken(_packet: ReceivedPacket, _taker: Taker, result: unknown): number {
    return result as number;
  }

  /** What the first byte of a payload wants. */
  #look(packet: ReceivedPacket, topic: string): number {
    this.#note(`${packet.left < 0 ? "" : "piece "}for ${topic}: ${summary(packet)} from ${packet.offset}: ${hex(packet.payload)}`);
    const wish = packet.start < packet.end ? (packet.bytes[packet.start] ?? 0) : 0;
    const take = wish > 3 ? 0 : [0, Take.HELD, Take.LATER, 0x97][wish] ?? 0;
    if (wish === 4) this.connection.disconnect(0, undefined, this.#now);
    if (take === Take.LATER && packet.identifier > 0 && !packet.more) this.#later.push(packet.identifier);
    return take;
  }

  onPacket(packet: ReceivedPacket): void {
    const { type } = packet;
    if (type < PacketType.PUBACK || type > PacketType.PUBCOMP) this.#note(summary(packet));
    else if (this.#hears) this.heard.push(summary(packet));
  }

  onSuccess(head: number, identifier: number): boolean {
    const connection = this.connection;
    if (!this.#usual || !(head === Success.PUBACK ? connection.succeeded(identifier, OutgoingState.PUBACK | OutgoingState.COUNTED) : connection.passedSuccess(head, identifier))) return false;
    this.heard.push(`${packetName(head >> 12)} ${identifier} {} 0`);
    return true;
  }

  onSettled(publication: Publication, payload: PublicationPayload, outcome: number | MqttError): void {
    publication.settled?.(outcome, payload);
  }

  onLost(): void {
    this.#note("lost");
  }

  onWritable(): void {
    // Told more often in one way than in the other.
    if (this.#writes) this.#note("room");
  }

  onClose(error: MqttError): void {
    this.#note(`closed: ${error.message}`);
    this.#transport.closed = true;
  }
}

test("usual packets are taken up the short way as they are the long way, good or bad, in any parts, whatever room there is", () => {
  fc.assert(
    fc.property(
      stream, changes, fc.array(fc.oneof(fc.constant(200), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 8 }), fc.array(fc.constantFrom(1000, 1000, 1000, 8, 4, 0), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 5 }), fc.constantFrom<(4 | 5)[]>(5, 5, 4), fc.boolean(),
      (data, changes, lengths, room, qos, version, hears) => {
        const parts = chunks(changed(data, changes), ...lengths);
        const [short, long] = [true, false].map((usual) => new Client(usual, qos, version, hears).receive(parts, room));
        deepEqual([short?.log, short?.state, short?.heard], [long?.log, long?.state, long?.heard]);
      },
    ),
    { numRuns: 4000 },
  );
});

test("in what parts the packets come changes nothing of what is told and sent, nor when there is room, also behind a message in pieces", () => {
  fc.assert(
    fc.property(
      acknowledgement, stream, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 5 }),
      (answer, rest, lengths, qos) => {
        const data = join(bytes(LARGE), answer, rest);
        const [whole, parts] = [[200], lengths].map((lengths) => new Client(true, qos, 5).trace(chunks(data, ...lengths)));
        equal(parts, whole);
      },
    ),
    { numRuns: 1000 },
  );
});
