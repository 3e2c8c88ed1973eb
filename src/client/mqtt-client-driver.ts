import { MqttError } from "../protocol/error.js";
import { PacketType } from "../protocol/codec/packet-type.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { ConnectionState } from "../protocol/connection/connection.js";
import { Take } from "../protocol/connection/handler.js";
import type { Receiver, Taker } from "../protocol/connection/receiver.js";
import { Success } from "../protocol/connection/sender.js";
import { RECEIVE_MAXIMUM } from "../protocol/session/incoming.js";
import { OutgoingState } from "../protocol/session/outgoing.js";
import { NOTHING } from "../protocol/session/publication.js";
import { toText } from "./bytes.js";
import { complete, OPTIONS, take, type Configuration, type Draft, type Mutable } from "./common-options.js";
import type { Socket } from "./ecma-419.js";
import { Link } from "./link.js";
import type { MQTTClient } from "./mqtt-client.js";
import type { ControlMessage, MQTTClientOptions, ReadableOptions } from "./mqtt-client-options.js";
import type { WrittenPublication } from "./written-publication.js";

/** What {@link MQTTClientDriver.soon} takes. */
const OPEN = 1;
/** The fragment in hand has been read: the next one may come. */
export const RELEASE = 2;
const CLOSE = 4;
/** A payload that was brought in parts is complete: what waits behind it goes out. */
export const FLUSH = 8;

/** Room kept for the header of a packet when the writable count is told. */
export const OVERHEAD = 8;

/** The longest Topic Name, and the character that is in none, of a {@link Taker}. */
const TAKERS_LONGEST = 0x7fef;
const TAKERS_NEVER = "\x7f";

function toConfiguration(options: MQTTClientOptions): Configuration {
  const { will } = options;
  const configuration = Object.create(OPTIONS) as Draft;
  // The standard's defaults.
  configuration.version = 4;
  configuration.keepAlive = options.keepalive ?? 0;
  take(configuration, options);
  configuration.id = toText("id", configuration.id);
  // The SDK leaves out what is empty.
  configuration.user = toText("user", options.user ?? "") || undefined;
  if (options.password === "") configuration.password = undefined;
  take(configuration, {
    will: will && { topic: toText("will.topic", will.topic), payload: will.message, qos: will.QoS, retain: Boolean(will.retain), properties: will.properties },
    properties: take({ receiveMaximum: RECEIVE_MAXIMUM }, options.properties),
  });
  return complete(configuration);
}

/** What the receive buffer is the beginning of, in {@link Link}. To copy from it needs no view; in XS, `slice` of a view takes two steps a byte. */
function memoryOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer as ArrayBuffer;
}

/** What drives an {@link MQTTClient}: its connection, link and clock, and its callbacks, which never run inside a call of its user. */
export class MQTTClientDriver extends Link implements Taker {
  /** Whether the application hears of acknowledgements. */
  readonly hearsAcknowledgements: boolean;
  /** Bytes of the fragment in hand that have not been read. */
  available = 0;
  /** Where they begin in the receive buffer. */
  position = 0;
  /** Who has them, when they are still with the socket. */
  source: Socket | undefined;
  /** The receive buffer, once something has come. */
  bytes: Uint8Array = NOTHING;
  /** The topic of the last message; once it has come twice it is known by its bytes too. */
  filter = "";
  topic: DataView | undefined;
  /** The last PUBLISH that was written. */
  written: WrittenPublication | undefined;
  /** When something last went straight to the socket, in the host's ticks, until the connection is told. */
  writtenTicks: number | undefined;
  private readonly client: MQTTClient;
  private readonly options: MQTTClientOptions;
  /** The application is being told of a fragment. */
  reading = false;
  /** The message in hand comes in pieces. */
  private inPieces?: boolean;
  /** What is to be done {@link soon}. */
  private due = 0;
  /** The application is to be told of room, once the packet that made it has been looked at. */
  private roomy = false;
  /** The timer is set for the connection that stands: other deadlines come later, but that of a PINGREQ. */
  private timed = false;
  private over = false;

  /** @throws MqttError (configuration) naming the wrong option; nothing has been acquired then. */
  constructor(client: MQTTClient, options: MQTTClientOptions) {
    super(toConfiguration(options));
    this.client = client;
    this.options = options;
    this.hearsAcknowledgements = options.onControl !== undefined;
    this.soon(OPEN);
  }

  /** Does something, but not yet: callbacks must not run inside a call of the user. */
  soon(what: number): void {
    this.due |= what;
    this.wakeAt(this.now());
  }

  override advance(): void {
    if (this.roomy) this.tellRoom();
    if (!this.timed) this.setTimer();
  }

  /** Something else is due than before. */
  setTimer(): void {
    const connection = this.connection;
    this.wakeAt(this.linkDeadline());
    if (connection?.state !== ConnectionState.CONNECTED || connection.pingUnsent) return;
    this.timed = true;
    if (!this.options.onWritable) this.direct = connection;
  }

  /** Bytes that `write` takes now. */
  get writableCount(): number {
    const { connection } = this;
    if (connection === undefined) return 0;
    const { left, room: writable } = connection;
    return left > 0 ? writable : writable > OVERHEAD ? writable - OVERHEAD : 0;
  }

  /** Reads that many bytes of the fragment in hand, of which there are so many. */
  readCopy(count: number): ArrayBuffer {
    const position = this.position;
    if (!(this.available -= count) && !this.reading) this.soon(RELEASE);
    if (this.source && count) {
      const bytes = new Uint8Array(count);
      this.source.read(bytes);
      return bytes.buffer;
    }
    return memoryOf(this.bytes).slice(position, (this.position = position + count));
  }

  /** The user has sent DISCONNECT: `onClose` follows. */
  disconnected(): void {
    if (this.source) this.available = 0;
    this.release();
    this.soon(CLOSE);
  }

  private release(): void {
    this.direct = undefined;
    delete this.inPieces;
    this.closeLink();
  }

  /** Releases everything; no callback runs after it. */
  close(): void {
    this.over = true;
    this.available = 0;
    // The connection may be in the middle of what it received: it must neither answer nor deliver any more of it.
    this.connection?.closed(new MqttError("transport", "the client was closed"));
    this.release();
    this.stopTime();
  }

  override onTime(): void {
    const { connection, due, writtenTicks } = this;
    const now = this.now();
    this.due = 0;
    this.timed = false;
    if (writtenTicks !== undefined) {
      connection?.sentAt(now + ((writtenTicks - now) | 0));
      this.writtenTicks = undefined;
    }
    if (due & OPEN) this.openLink();
    this.linkTimeout(now);
    if (due & FLUSH) this.connection?.writable(this.connection.room, now);
    if (due & RELEASE) this.connection?.release(Take.TAKEN, now);
    if (this.unread && due & (FLUSH | RELEASE)) this.readable(this.unread);
    this.advance();
    if (due & CLOSE) {
      this.close();
      this.options.onClose?.call(this.client);
    }
  }

  override onPublish(packet: Receiver): number {
    const onReadable = this.options.onReadable;
    const readable: Mutable<ReadableOptions> = { more: packet.left > 0 };
    if (!onReadable) return Take.TAKEN;
    if (packet.offset === 0) {
      if (!this.topic || !packet.topicIs(this.topic)) {
        if (packet.checkTopic() !== 0) return Take.TAKEN;
        this.note(packet, packet.topic);
      }
      readable.topic = this.filter;
      readable.QoS = packet.qos;
      readable.byteLength = packet.byteLength;
      readable.retain = packet.retain;
      readable.duplicate = packet.duplicate;
      if (packet.version === 5) readable.properties = packet.propertiesEnd > packet.propertiesStart ? packet.properties : {};
      if (packet.left > 0) this.inPieces = true;
      else if (this.topic && !packet.taker) packet.expect(this);
    }
    if (packet.left >= 0) this.source = undefined;
    if (packet.left === 0) delete this.inPieces;
    this.bytes = packet.bytes;
    this.position = packet.start;
    const count = (this.available = packet.end - packet.start);
    this.reading = true;
    onReadable.call(this.client, count, readable);
    this.reading = false;
    return this.available > 0 ? Take.HELD : Take.TAKEN;
  }

  /** Mostly the next message has the topic of the last one: then it need not be decoded. */
  private note(packet: Receiver, name: string): void {
    const { topicStart, topicEnd } = packet;
    this.topic =
      name === this.filter && topicStart > 0 && topicEnd - topicStart <= TAKERS_LONGEST && !name.includes(TAKERS_NEVER)
        ? new DataView(memoryOf(packet.bytes).slice(topicStart - 2, topicEnd))
        : undefined;
    this.filter = name;
    if (packet.taker) packet.expect(undefined);
  }

  /** Takes a usual message on the topic of the last one. @returns undefined, or that it has not been read. */
  handler(packet: ReceivedPacket): true | undefined {
    // The hot path: no getter is asked that would be a call.
    const count = packet.byteLength;
    const readable: Mutable<ReadableOptions> = { more: false, topic: this.filter, QoS: packet.identifier ? 1 : 0, byteLength: count, retain: (packet.first & 1) !== 0, duplicate: false };
    if (packet.version === 5) readable.properties = {};
    this.bytes = packet.bytes;
    this.position = packet.start;
    this.available = count;
    this.reading = true;
    this.options.onReadable?.call(this.client, count, readable);
    this.reading = false;
    return this.available ? true : undefined;
  }

  onTaken(): number {
    return Take.HELD;
  }

  /** A piece of a message stays with the socket until the application reads it; the end of the message does not, nor what is behind. */
  override readable(count: number): void {
    const connection = this.connection;
    if (this.inPieces && connection) {
      const packet = connection.packet;
      if (connection.held) {
        // What is in hand is counted too.
        this.unread = this.source ? count - this.available : count;
        return;
      }
      if (count < packet.left && packet.end === packet.filled) {
        if (connection.asked !== undefined) connection.lastReceived = this.now();
        packet.left -= count;
        this.unread = 0;
        this.source = this.socket;
        this.available = count;
        // Nothing is read over what the application has not read.
        this.reading = connection.held = true;
        try {
          this.options.onReadable?.call(this.client, count, { more: true });
        } finally {
          this.reading = false;
          connection.held = this.available > 0;
        }
        return;
      }
    }
    this.unread = count;
    this.read();
    if (!this.direct) this.advance();
  }

  /** Takes up an acknowledgement of success and tells of it. */
  onSuccess(head: number, id: number): boolean {
    const connection = this.connection;
    if (!connection || !(head === Success.PUBACK ? connection.succeeded(id, OutgoingState.PUBACK | OutgoingState.COUNTED) : connection.passedSuccess(head, id))) return false;
    const operation = head >> 12;
    const message: Mutable<ControlMessage> = { operation, reason: 0, id };
    if (this.configuration.version === 5) message.properties = {};
    const onControl = this.options.onControl;
    if (onControl && onControl.length > 1) (onControl as (this: MQTTClient, opcode: number, message: ControlMessage) => void).call(this.client, operation, message);
    else (onControl as ((this: MQTTClient, message: ControlMessage) => void) | undefined)?.call(this.client, message);
    return true;
  }

  override onPacket(packet: ReceivedPacket): void {
    const { type, identifier, reasonCode } = packet;
    if (!this.hearsAcknowledgements || (type === PacketType.CONNACK && reasonCode !== 0)) return;
    const message: Mutable<ControlMessage> = { operation: type, reason: reasonCode };
    if (identifier > 0) message.id = identifier;
    if (type === PacketType.CONNACK) message.sessionPresent = packet.sessionPresent;
    else if (type === PacketType.SUBACK || type === PacketType.UNSUBACK) message.payload = Array.from(packet.payload);
    if (packet.version === 5) message.properties = packet.propertiesEnd > packet.propertiesStart ? packet.properties : {};
    const onControl = this.options.onControl;
    // Written out here and above: the application publishes from here, with little stack left.
    if (onControl && onControl.length > 1) (onControl as (this: MQTTClient, opcode: number, message: ControlMessage) => void).call(this.client, type, message);
    else (onControl as ((this: MQTTClient, message: ControlMessage) => void) | undefined)?.call(this.client, message);
  }

  override writable(count: number): void {
    const connection = this.connection;
    // Between the parts of a message nothing else can be sent.
    if (connection?.pushing && !connection.pingUnsent) {
      connection.room = count;
      this.options.onWritable?.call(this.client, count);
    } else super.writable(count);
  }

  override onWritable(): void {
    if (this.connection?.looking) this.roomy = true;
    else this.tellRoom();
  }

  private tellRoom(): void {
    const { writableCount } = this;
    this.roomy = false;
    if (writableCount > 0) this.options.onWritable?.call(this.client, writableCount);
  }

  protected override callbackFailed(_what: string, thrown: unknown): void {
    throw thrown;
  }

  override onSettled(): void {
    // Acknowledgements reach the user as control messages.
  }

  override onLost(): void {
    // An instance has one connection: there is no session to lose.
  }

  override onClose(error: MqttError): void {
    if (this.over) return;
    this.close();
    this.options.onError?.call(this.client, error);
    this.options.onClose?.call(this.client);
  }
}
