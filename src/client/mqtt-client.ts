import { checkInteger, configurationError, MqttError } from "../protocol/error.js";
import { PacketType } from "../protocol/codec/packet-type.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../protocol/codec/variable-byte-integer.js";
import { variableByteIntegerLength } from "../protocol/codec/variable-byte-integer.js";
import { type Connection, ConnectionState } from "../protocol/connection/connection.js";
import { Published } from "../protocol/connection/publishing.js";
import { Publication } from "../protocol/session/publication.js";
import { toBytes } from "./bytes.js";
import { MQTTClientDriver } from "./mqtt-client-driver.js";
import type { MQTTClientOptions, WriteOptions } from "./mqtt-client-options.js";

const EMPTY = new Uint8Array(0);

function noRoom(what: string): MqttError {
  return new MqttError("resource", `${what} does not fit now: wait for onWritable`);
}

/** Bytes of a PUBLISH before its payload of `length` bytes. */
function headerLength(publication: Publication, version: 4 | 5, length: number): number {
  const properties = publication.properties.length;
  const header = publication.topic.length + (publication.qos > 0 ? 2 : 0) + (version === 5 ? variableByteIntegerLength(properties) + properties : 0);
  return 1 + variableByteIntegerLength(header + length) + header;
}

/**
 * The MQTT Client Class Pattern of ECMA-419 (clause 25), in place of `embedded:network/mqtt/client`: one connection, no reconnecting.
 * It takes the options of the standard and of the Moddable SDK, and speaks MQTT 5.0 with `version: 5`.
 *
 * Acknowledgements are sent by the class: those of a received message once its last byte has been read.
 */
export class MQTTClient {
  static readonly CONNECT = PacketType.CONNECT;
  static readonly CONNACK = PacketType.CONNACK;
  static readonly PUBLISH = PacketType.PUBLISH;
  static readonly PUBACK = PacketType.PUBACK;
  static readonly PUBREC = PacketType.PUBREC;
  static readonly PUBREL = PacketType.PUBREL;
  static readonly PUBCOMP = PacketType.PUBCOMP;
  static readonly SUBSCRIBE = PacketType.SUBSCRIBE;
  static readonly SUBACK = PacketType.SUBACK;
  static readonly UNSUBSCRIBE = PacketType.UNSUBSCRIBE;
  static readonly UNSUBACK = PacketType.UNSUBACK;
  static readonly PINGREQ = PacketType.PINGREQ;
  static readonly PINGRESP = PacketType.PINGRESP;
  static readonly DISCONNECT = PacketType.DISCONNECT;
  static readonly AUTH = PacketType.AUTH;

  /** Any value, for the user. */
  target: unknown;
  #driver: MQTTClientDriver | undefined;

  /** @throws MqttError (configuration) naming the wrong option and what it may be. */
  constructor(options: MQTTClientOptions & ThisType<MQTTClient>) {
    this.format = options.format ?? "buffer";
    if (options.target !== undefined) this.target = options.target;
    this.#driver = new MQTTClientDriver(this, options);
  }

  /** Always "buffer". */
  get format(): string {
    return "buffer";
  }

  set format(format: string) {
    if (format !== "buffer") throw configurationError("format", '"buffer"');
  }

  /** Releases everything. Sends nothing: write a DISCONNECT first for a clean end. May be called again. */
  close(): void {
    this.#driver?.close();
    this.#driver = undefined;
  }

  /**
   * Reads from the current message.
   * @param count bytes at most, all that is available by default; or a buffer to be filled as far as there are bytes.
   * @returns an ArrayBuffer, or for a buffer the number of bytes put there; undefined when nothing is available.
   */
  read(count?: number | ArrayBuffer | ArrayBufferView): ArrayBuffer | number | undefined {
    const driver = this.#open();
    const { available } = driver;
    if (available === 0) return undefined;
    if (typeof count === "object") {
      const buffer = toBytes("buffer", count);
      const bytes = driver.take(Math.min(buffer.length, available));
      buffer.set(bytes);
      return bytes.length;
    }
    if (count !== undefined && !(count > 0)) throw configurationError("count", "a number above 0, or a buffer");
    return driver.take(Math.min(count ?? available, available)).slice().buffer;
  }

  /**
   * Writes a message, a further part of one, or a control message.
   * @param data payload of a PUBLISH; copied or sent before the call returns.
   * @returns how many bytes may be written now.
   * @throws MqttError (configuration) for wrong arguments, (resource) when there is no room now: nothing was written.
   */
  write(data: ArrayBuffer | ArrayBufferView | null | undefined, options?: WriteOptions): number {
    const driver = this.#open();
    const { connection } = driver;
    const state = connection?.state;
    // Enhanced authentication goes on before the CONNACK (MQTT 5.0, 4.12).
    const ready = state === ConnectionState.CONNECTED || (state === ConnectionState.CONNECTING && options?.operation === PacketType.AUTH);
    if (connection === undefined || !ready) throw new MqttError("configuration", "write must wait for CONNACK (onControl) or onWritable");
    const { left } = connection;
    if (left > 0) {
      if (options !== undefined) throw configurationError("options", `left out until the message is complete: ${left} bytes to go`);
      this.#push(driver, connection, toBytes("data", data));
    } else if (options === undefined) throw configurationError("options", "given, except for further parts of a message");
    else this.#send(driver, connection, data, options);
    if (this.#driver !== undefined) driver.advance();
    return driver.writableCount;
  }

  #push(driver: MQTTClientDriver, connection: Connection, data: Uint8Array): void {
    const { left } = connection;
    if (data.length > left) throw configurationError("data", `at most ${left} bytes long, as byteLength promised`);
    if (!connection.push(data, driver.now())) throw noRoom(`a part of ${data.length} bytes`);
    if (connection.left === 0) driver.flushSoon();
  }

  #send(driver: MQTTClientDriver, connection: Connection, data: ArrayBuffer | ArrayBufferView | null | undefined, options: WriteOptions): void {
    const now = driver.now();
    const { operation = PacketType.PUBLISH, items = [], properties, reason = 0 } = options;
    switch (operation) {
      case PacketType.PUBLISH:
        this.#publish(driver, connection, data == null ? EMPTY : toBytes("data", data), options);
        break;
      case PacketType.SUBSCRIBE:
        if (connection.subscribe(items.map(({ topic, QoS, ...rest }) => ({ ...rest, filter: topic, qos: QoS })), properties, now, options.id) === 0) throw noRoom("SUBSCRIBE");
        break;
      case PacketType.UNSUBSCRIBE:
        if (connection.unsubscribe(items.map((item) => item.topic), properties, now, options.id) === 0) throw noRoom("UNSUBSCRIBE");
        break;
      case PacketType.PINGREQ:
        if (!connection.ping(now)) throw noRoom("PINGREQ");
        break;
      case PacketType.AUTH:
        if (driver.version !== 5) throw configurationError("operation", "AUTH only with the option version: 5");
        if (!connection.authenticate(reason, properties, now)) throw noRoom("AUTH");
        break;
      case PacketType.DISCONNECT:
        connection.disconnect(reason, properties, now);
        driver.disconnected();
        break;
      default:
        throw configurationError("operation", "PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT or AUTH: the others are sent by the client itself");
    }
  }

  #publish(driver: MQTTClientDriver, connection: Connection, data: Uint8Array, options: WriteOptions): void {
    const { byteLength = data.length, id = 0, duplicate = false } = options;
    checkInteger("byteLength", byteLength, data.length, VARIABLE_BYTE_INTEGER_MAXIMUM);
    const publication = new Publication(options.topic ?? "", options.QoS ?? 0, Boolean(options.retain), options.properties);
    // All or nothing: what is not sent now would have to be kept, and the caller may change it.
    if (headerLength(publication, driver.version, byteLength) + data.length > connection.room) throw noRoom(`a message with ${data.length} bytes`);
    const published = connection.begin(publication, data, byteLength, id, duplicate, driver.now());
    if (published === Published.BLOCKED) throw noRoom(`a message with ${data.length} bytes`);
  }

  #open(): MQTTClientDriver {
    if (this.#driver === undefined) throw new MqttError("configuration", "the client is closed");
    return this.#driver;
  }
}

export default MQTTClient;
