/** A client under test: the connection with its session, and a transport and an application that check how they are treated. */
import type { ReceivedPacket } from "../../src/protocol/codec/received-packet.js";
import { Connection, ConnectionState } from "../../src/protocol/connection/connection.js";
import { Take, type ConnectionConfiguration, type ConnectionHandler } from "../../src/protocol/connection/handler.js";
import type { Transport } from "../../src/protocol/connection/sender.js";
import { MqttError } from "../../src/protocol/error.js";
import type { Publication, PublicationPayload } from "../../src/protocol/session/publication.js";
import { Session } from "../../src/protocol/session/session.js";
import { checksum, digest } from "./digest.js";
import type { Random } from "./random.js";
import type { ServerView } from "./server-view.js";
import type { Settings } from "./settings.js";

/** Bytes before and after a buffer that nobody may touch. */
const GUARD = 16;
const GUARD_BYTE = 0xa5;
/** Room for any CONNECT of ours. */
const CONNECT_ROOM = 1000;
const REFUSALS = [0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const FILTER = new DataView(Uint8Array.of(0, 5, 0x73, 0x2f, 0x31, 0x2f, 0x61).buffer);

/** What happened to one connection after another of one case. */
export class FuzzClient implements ConnectionHandler, Transport {
  readonly hearsAcknowledgements: boolean;
  readonly settings: Settings;
  readonly configuration: ConnectionConfiguration;
  sendBuffer: Uint8Array = new Uint8Array(0);
  readonly session: Session;
  readonly random: Random;
  readonly view: ServerView | undefined;
  /** The connection in use; each {@link connect} makes a new one. */
  connection!: Connection;
  /** What was called back, a line each. */
  readonly log: string[] = [];
  /** All that the client sent, a list for each connection. */
  readonly outputs: number[][] = [];
  /** The first thing that was wrong. */
  wrong: string | undefined;
  now = 1000;
  /** Bytes that the transport takes. */
  room = 0;
  /** Messages taken with `Take.LATER`, and the connection that they came over. */
  readonly later: { readonly identifier: number; readonly connection: Connection }[] = [];
  /** Why the connection ended by itself. */
  error: MqttError | undefined;
  /** What the application does when it is called: anything that an owner may. */
  react: () => void = () => undefined;
  /** Bytes that stand behind those received, and before anything was. */
  private readonly poison: number;
  private buffers: Uint8Array[] = [];
  /** What was written and the view has not seen. */
  private readonly unseen: Uint8Array[] = [];
  private over = true;
  private turns = 0;
  private readonly turnsAllowed: number;
  private sum: number | undefined;

  /** @param view a server's view of it, where bytes come one by one. */
  constructor(settings: Settings, random: Random, poison: number, turnsAllowed: number, view: ServerView | undefined) {
    this.settings = settings;
    this.configuration = { ...settings.connect, connectTimeout: 30_000 };
    this.random = random;
    this.poison = poison;
    this.turnsAllowed = turnsAllowed;
    this.view = view;
    this.hearsAcknowledgements = settings.hearsAcknowledgements;
    this.session = new Session(settings.inFlight, settings.receiveMaximum);
  }

  private guarded(length: number): Uint8Array {
    const whole = new Uint8Array(length + 2 * GUARD).fill(GUARD_BYTE);
    this.buffers.push(whole);
    return whole.subarray(GUARD, GUARD + length);
  }

  /** A connection begins. */
  connect(): void {
    const { settings } = this;
    this.buffers = [];
    this.outputs.push([]);
    this.over = false;
    this.error = undefined;
    this.sum = undefined;
    this.sendBuffer = this.guarded(settings.sendBuffer);
    const connection = new Connection(this.session, this, this.guarded(settings.receiveBuffer));
    this.connection = connection;
    this.room = CONNECT_ROOM;
    connection.open(this, CONNECT_ROOM, this.now, settings.early);
    this.room = settings.window;
    connection.capacity = 0;
    connection.writable(this.room, this.now);
  }

  /** Notes what was wrong; the first counts. */
  blame(what: string): void {
    this.wrong ??= what;
  }

  get topicAliases(): number {
    return this.settings.topicAliases;
  }

  get alive(): boolean {
    return this.connection.state !== ConnectionState.CLOSED && this.wrong === undefined;
  }

  /** Gives bytes as a link does. @returns how many were taken. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    const { packet } = this.connection;
    const space = packet.space(end - start);
    const { length } = space;
    if (length === 0 || length > end - start) this.blame(`there is space for ${length} bytes of ${end - start}`);
    // Byte by byte, once a packet is enough.
    if (this.view === undefined || packet.filled === 0) packet.bytes.fill(this.poison, packet.filled);
    for (let i = 0; i < length; i++) space[i] = bytes[start + i] ?? 0;
    this.connection.receive(length, this.now);
    return length;
  }

  /** The owner's side of the network fails. */
  cut(): void {
    this.over = true;
    this.connection.closed(new MqttError("transport", "cut"));
  }

  /** The owner ends the connection: from now on nothing may be called back. */
  disconnect(reasonCode: number): void {
    this.connection.disconnect(reasonCode, undefined, this.now);
    this.over = true;
  }

  /** The server sees what was written, and the tables of the session are looked at. */
  look(): void {
    for (const bytes of this.unseen) this.view?.received(bytes);
    this.unseen.length = 0;
    const { outgoing, incoming } = this.session;
    const { inFlight, receiveMaximum } = this.settings;
    if (outgoing.count > inFlight + 2 || (outgoing.list?.length ?? 0) > inFlight + 2) this.blame(`the table for ${inFlight} publications has ${outgoing.count} entries`);
    if (incoming.count > receiveMaximum) this.blame(`the table for ${receiveMaximum} messages has ${incoming.count} entries`);
    this.wrong ??= this.view?.wrong;
  }

  /** Looks at what is beside the buffers. */
  checkGuards(): void {
    for (const whole of this.buffers)
      for (let i = 0; i < GUARD; i++) if (whole[i] !== GUARD_BYTE || whole[whole.length - 1 - i] !== GUARD_BYTE) this.blame("bytes were written beside a buffer");
  }

  private turn(what: string): void {
    if (this.over && what !== "settled" && what !== "lost") this.blame(`${what} after the end`);
    if (++this.turns > this.turnsAllowed) throw new Error("this does not come to an end");
  }

  write(bytes: Uint8Array): number | undefined {
    this.turn("a write");
    if (bytes.length === 0) this.blame("an empty write");
    if (bytes.length > this.room) this.blame(`${bytes.length} bytes are written where ${this.room} fit`);
    this.room -= bytes.length;
    const output = this.outputs.at(-1);
    for (const byte of bytes) output?.push(byte);
    // Looked at later: the stack is a device's, and deep here.
    if (this.view !== undefined) this.unseen.push(bytes.slice());
    return this.settings.tells ? this.room : undefined;
  }

  onPacket(packet: ReceivedPacket): void {
    this.turn("a packet");
    this.log.push(digest(packet));
    this.react();
  }

  onPublish(packet: ReceivedPacket): number {
    const { random } = this;
    this.turn("a message");
    if (packet.offset === 0) {
      // Some applications know the topic by its bytes, some read it, some do not look.
      const look = random.below(3);
      const same = look === 0 && this.connection.packet.topicIs(FILTER);
      const right = look === 1 && packet.checkTopic() === 0;
      this.log.push(`${packet.first} ${packet.identifier} ${packet.byteLength} ${same ? "same" : right ? digest(packet) : ""}`);
      this.sum = undefined;
    }
    this.sum = checksum(packet.bytes, packet.start, packet.end, this.sum);
    if (packet.more) return this.settings.loose && random.oneIn(5) ? Take.HELD : Take.TAKEN;
    this.log.push(`message of ${this.sum}`);
    const { identifier } = packet;
    this.react();
    const take = random.below(6);
    if (take === 0) return Take.HELD;
    if (take === 1) return random.pick(REFUSALS);
    if (take > 2) return Take.TAKEN;
    if (identifier > 0) this.later.push({ identifier, connection: this.connection });
    return Take.LATER;
  }

  onSettled(publication: Publication, _payload: PublicationPayload, outcome: number | MqttError): void {
    this.turn("settled");
    this.log.push(`settled ${publication.flags} ${typeof outcome === "number" ? outcome : `${outcome.reasonCode} ${outcome.kind}`}`);
    if (!this.over) this.react();
  }

  onLost(publication: Publication, _payload: PublicationPayload, fate: number): void {
    this.turn("lost");
    this.log.push(`lost ${publication.flags} ${fate}`);
    if (!this.over) this.react();
  }

  onWritable(): void {
    this.turn("room");
    this.log.push("room");
    this.react();
  }

  onClose(error: MqttError): void {
    if (this.error !== undefined) this.blame("the end is told twice");
    this.over = true;
    this.error = error;
    this.log.push(`closed ${error.kind} ${error.reasonCode} ${error.message}`);
  }
}
