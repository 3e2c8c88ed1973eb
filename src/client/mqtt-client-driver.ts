import { MqttError } from "../protocol/error.js";
import { PacketType } from "../protocol/codec/packet-type.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { Take } from "../protocol/connection/handler.js";
import type { Receiver } from "../protocol/connection/receiver.js";
import { toText } from "./bytes.js";
import { complete, OPTIONS, RECEIVE_MAXIMUM, take, type Configuration, type Draft, type Mutable } from "./common-options.js";
import { Link } from "./link.js";
import type { MQTTClient } from "./mqtt-client.js";
import type { ControlMessage, MQTTClientOptions, ReadableOptions } from "./mqtt-client-options.js";

/** What {@link MQTTClientDriver.soon} takes. */
const OPEN = 1;
const RELEASE = 2;
const CLOSE = 4;
/** A payload that was brought in parts is complete: what waits behind it goes out. */
export const FLUSH = 8;

/** Room kept for the header of a packet when the writable count is told. */
const OVERHEAD = 8;

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

/** What drives an {@link MQTTClient}: its connection, link and clock, and its callbacks, which never run inside a call of its user. */
export class MQTTClientDriver extends Link {
  readonly version: 4 | 5;
  /** Bytes of the fragment in hand that have not been read, and where they begin. */
  available = 0;
  position = 0;
  private packet: Receiver | undefined;
  private readonly client: MQTTClient;
  private readonly options: MQTTClientOptions;
  private reading = false;
  /** What is to be done {@link soon}. */
  private due = 0;
  private over = false;

  /** @throws MqttError (configuration) naming the wrong option; nothing has been acquired then. */
  constructor(client: MQTTClient, options: MQTTClientOptions) {
    super(toConfiguration(options));
    this.client = client;
    this.options = options;
    this.version = this.configuration.version;
    this.soon(OPEN);
  }

  /** Does something, but not yet: callbacks must not run inside a call of the user. */
  soon(what: number): void {
    this.due |= what;
    this.wakeAt(this.now());
  }

  override advance(): void {
    this.wakeAt(this.linkDeadline());
  }

  /** Bytes that `write` takes now. */
  get writableCount(): number {
    const { connection } = this;
    if (connection === undefined) return 0;
    const { left, room: writable } = connection;
    return left > 0 ? writable : writable > OVERHEAD ? writable - OVERHEAD : 0;
  }

  /** Takes bytes of the fragment in hand. @returns them, as a view that is valid until the next callback. */
  take(count: number): Uint8Array {
    const { position } = this;
    this.position += count;
    this.available -= count;
    if (this.available === 0 && !this.reading) this.soon(RELEASE);
    return (this.packet?.bytes ?? new Uint8Array(0)).subarray(position, position + count);
  }

  /** The user has sent DISCONNECT: `onClose` follows. */
  disconnected(): void {
    this.closeLink();
    this.soon(CLOSE);
  }

  /** Releases everything; no callback runs after it. */
  close(): void {
    this.over = true;
    this.available = 0;
    // The connection may be in the middle of what it received: it must neither answer nor deliver any more of it.
    this.connection?.closed(new MqttError("transport", "the client was closed"));
    this.closeLink();
    this.stopTime();
  }

  override onTime(): void {
    const { due } = this;
    const now = this.now();
    this.due = 0;
    if (due & OPEN) this.openLink();
    this.linkTimeout(now);
    if (due & FLUSH) this.connection?.writable(this.connection.room, now);
    if (due & RELEASE) {
      this.connection?.release(Take.TAKEN, now);
      this.read();
    }
    this.advance();
    if (due & CLOSE) {
      this.close();
      this.options.onClose?.call(this.client);
    }
  }

  override onPublish(packet: Receiver): number {
    const { onReadable } = this.options;
    if (onReadable === undefined || packet.checkTopic() !== 0) return Take.TAKEN;
    const readable: Mutable<ReadableOptions> = { more: packet.more };
    if (packet.offset === 0) {
      readable.topic = packet.topic;
      readable.QoS = packet.qos;
      readable.byteLength = packet.byteLength;
      readable.retain = packet.retain;
      readable.duplicate = packet.duplicate;
      if (packet.version === 5) readable.properties = packet.properties;
    }
    this.packet = packet;
    this.position = packet.start;
    this.available = packet.end - packet.start;
    this.reading = true;
    onReadable.call(this.client, this.available, readable);
    this.reading = false;
    return this.available === 0 ? Take.TAKEN : Take.HELD;
  }

  get hearsAcknowledgements(): boolean {
    return true;
  }

  override onPacket(packet: ReceivedPacket): void {
    const { onControl } = this.options;
    const { type, identifier, reasonCode } = packet;
    if (onControl === undefined || (type === PacketType.CONNACK && reasonCode !== 0)) return;
    const message: Mutable<ControlMessage> = { operation: type, reason: reasonCode };
    if (identifier > 0) message.id = identifier;
    if (type === PacketType.CONNACK) message.sessionPresent = packet.sessionPresent;
    else if (type === PacketType.SUBACK || type === PacketType.UNSUBACK) message.payload = Array.from(packet.payload);
    if (packet.version === 5) message.properties = packet.properties;
    if (onControl.length > 1) (onControl as (this: MQTTClient, opcode: number, message: ControlMessage) => void).call(this.client, type, message);
    else (onControl as (this: MQTTClient, message: ControlMessage) => void).call(this.client, message);
  }

  override onWritable(): void {
    const { writableCount } = this;
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
