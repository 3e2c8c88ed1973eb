import Time from "time";
import { checkInteger, configurationError, MqttError } from "../protocol/error.js";
import { packetName, PacketType } from "../protocol/codec/packet-type.js";
import { writePublishHeader } from "../protocol/codec/publish.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../protocol/codec/variable-byte-integer.js";
import { authenticate } from "../protocol/connection/authenticating.js";
import { type Connection, ConnectionState } from "../protocol/connection/connection.js";
import { Published } from "../protocol/connection/publishing.js";
import { begin, push, releaseAgain } from "../protocol/connection/pushing.js";
import { NOTHING } from "../protocol/session/publication.js";
import { toBytes, toText } from "./bytes.js";
import { FLUSH, MQTTClientDriver, OVERHEAD, RELEASE } from "./mqtt-client-driver.js";
import type { MQTTClientOptions, WriteOptions } from "./mqtt-client-options.js";
import { WrittenPublication } from "./written-publication.js";

/**
 * The MQTT Client Class Pattern of ECMA-419 (clause 25), in place of `embedded:network/mqtt/client`: one connection, no reconnecting.
 * It takes the options of the standard and of the Moddable SDK, and speaks MQTT 5.0 with `version: 5`.
 *
 * Acknowledgements are sent by the class: those of a received message once its last byte has been read.
 */
export class MQTTClientPattern {
  /** Any value, for the user. */
  target: unknown;
  private driver: MQTTClientDriver | undefined;

  /** @throws MqttError (configuration) naming the wrong option and what it may be. */
  constructor(options: MQTTClientOptions & ThisType<MQTTClientPattern>) {
    this.format = options.format ?? "buffer";
    this.target = options.target;
    this.driver = new MQTTClientDriver(this, options);
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
    this.driver?.close();
    this.driver = undefined;
  }

  /**
   * Reads from the current message.
   * @param count bytes at most, all that is available by default; or a buffer to be filled as far as there are bytes.
   * @returns an ArrayBuffer, or for a buffer the number of bytes put there; undefined when nothing is available.
   */
  read(count?: number | ArrayBuffer | ArrayBufferView): ArrayBuffer | number | undefined {
    const driver = this.driver;
    if (!driver) throw closed();
    const available = driver.available;
    if (!available) return undefined;
    if (typeof count === "object") {
      // To ask for the size of an element takes a fifth of the steps of `instanceof`.
      const bytes = (count as Uint8Array | null)?.BYTES_PER_ELEMENT === 1 ? (count as Uint8Array) : toBytes("buffer", count);
      const length = bytes.length;
      if (length > available) return this.read(bytes.subarray(0, available));
      // The hot path, written out: the piece of a large message that the socket still has goes straight there.
      if (!driver.source) {
        const position = driver.position;
        bytes.set(driver.bytes.subarray(position, (driver.position = position + length)));
      } else if (length) driver.source.read(bytes);
      if (!(driver.available = available - length) && !driver.reading) driver.soon(RELEASE);
      return length;
    }
    if (count === undefined) return driver.readCopy(available);
    if (!(count > 0)) throw configurationError("count", "a number above 0, or a buffer");
    return driver.readCopy(count < available ? Math.floor(count) : available);
  }

  /**
   * Writes a message, a further part of one, or a control message.
   * @param data payload of a PUBLISH; copied or sent before the call returns.
   * @returns how many bytes may be written now.
   * @throws MqttError (configuration) for wrong arguments, (resource) when there is no room now: nothing was written.
   */
  write(data: ArrayBuffer | ArrayBufferView | null | undefined, options?: WriteOptions | null): number {
    const driver = this.driver;
    if (!driver) throw closed();
    const connection = driver.connection;
    // One call after the other, none inside another: who writes may stand deep in the stack.
    if (connection && data) {
      const room = writeAgain(driver, connection, data, options);
      if (room >= 0) return room;
    }
    const again = options && driver.written?.is(options);
    if (options && !again && connection?.left === 0 && (options.operation ?? PacketType.PUBLISH) === PacketType.PUBLISH)
      driver.written = new WrittenPublication(toText("topic", options.topic ?? ""), options, driver.written);
    return writeOther(driver, data == null ? NOTHING : toBytes("data", data), options, again === true);
  }
}

function closed(): MqttError {
  return new MqttError("configuration", "the client is closed");
}

/**
 * Writes a part that is not the last, or what was written the last time but for its data. On the hot path.
 * @returns how many bytes may be written then; less than 0 where it is neither, or there is no room.
 */
function writeAgain(driver: MQTTClientDriver, connection: Connection, data: ArrayBuffer | ArrayBufferView, options: WriteOptions | null | undefined): number {
  if (!options) {
    const length = data.byteLength;
    const left = connection.left - length;
    if (left > 0 && length && length <= connection.room) {
      connection.left = left;
      driver.writtenTicks = Time.ticks;
      return (connection.room = connection.transport.write((data as Uint8Array).BYTES_PER_ELEMENT === 1 ? (data as Uint8Array) : toBytes("data", data)) ?? connection.room - length);
    }
  } else {
    const written = driver.written;
    const header = written?.header;
    if (
      header && options.topic === written.name && options.QoS === written.QoS && options.retain === written.retain && !options.properties &&
      options.operation === undefined && options.byteLength === undefined && options.id === undefined
    ) {
      const bytes = (data as Uint8Array).BYTES_PER_ELEMENT === 1 ? (data as Uint8Array) : toBytes("data", data);
      let room = -1;
      if (written.flags > 1) {
        if (connection.publishPrepared(written, header, bytes)) {
          forgetPayload(connection);
          room = connection.room;
        }
      } else if (header.connection === connection.announced && header.payloadLength === bytes.length && header.size <= connection.room && !connection.left) {
        connection.transport.write(header.bytes);
        connection.room = room = connection.transport.write(bytes) ?? connection.room - header.size;
      }
      if (room >= 0) {
        driver.writtenTicks = Time.ticks;
        return room > OVERHEAD ? room - OVERHEAD : 0;
      }
    }
  }
  return -1;
}

/** Writes what is not the same as the last time. @param again whether its PUBLISH is, but for more than its data. */
function writeOther(driver: MQTTClientDriver, bytes: Uint8Array, options: WriteOptions | null | undefined, again: boolean): number {
  const { connection } = driver;
  // Enhanced authentication goes on before the CONNACK (MQTT 5.0, 4.12).
  if (connection === undefined || (connection.state !== ConnectionState.CONNECTED && options?.operation !== PacketType.AUTH))
    throw new MqttError("configuration", "write must wait for CONNACK (onControl) or onWritable");
  const { left } = connection;
  let what = "data";
  let sent: boolean;
  if (left > 0) {
    if (options) throw configurationError("options", `left out until the message is complete: ${left} bytes to go`);
    if (bytes.length > left) throw configurationError(what, `at most ${left} bytes long, as byteLength promised`);
    sent = push(connection, bytes, driver.now());
    if (!connection.idle && connection.left === 0) driver.soon(FLUSH);
  } else {
    if (!options) throw configurationError("options", "given, except for further parts of a message");
    const operation = options.operation ?? PacketType.PUBLISH;
    what = packetName(operation);
    sent = operation === PacketType.PUBLISH ? publish(connection, driver, bytes, options, again) : control(connection, driver, operation, options);
  }
  if (!sent) throw new MqttError("resource", `${what} does not fit now: wait for onWritable`);
  return driver.writableCount;
}

/** Sends a control message that is a user's to send. @returns false when there is no room now. */
function control(connection: Connection, driver: MQTTClientDriver, operation: number, options: WriteOptions): boolean {
  const { properties, id } = options;
  const items = options.items ?? [];
  const reason = options.reason ?? 0;
  const now = driver.now();
  if (operation === PacketType.SUBSCRIBE) return connection.subscribe(items.map((item) => ({ ...item, filter: toText("topic", item.topic), qos: item.QoS })), properties, now, id) > 0;
  if (operation === PacketType.UNSUBSCRIBE) return connection.unsubscribe(items.map((item) => toText("topic", item.topic)), properties, now, id) > 0;
  if (operation === PacketType.PINGREQ) {
    const sent = connection.ping(now);
    driver.setTimer();
    return sent;
  }
  if (operation === PacketType.PUBREL) return releaseAgain(connection, id ?? 0, now);
  if (operation === PacketType.DISCONNECT) {
    connection.disconnect(reason, properties, now);
    driver.disconnected();
    return true;
  }
  if (operation !== PacketType.AUTH || driver.configuration.version !== 5)
    throw configurationError("operation", "PUBLISH, PUBREL, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT or, with version: 5, AUTH");
  return authenticate(connection, reason, properties, now);
}

/** Publishes, or begins to. @returns false when there is no room now: what is not sent would have to be kept, and the caller may change it. */
function publish(connection: Connection, driver: MQTTClientDriver, data: Uint8Array, options: WriteOptions, again: boolean): boolean {
  const { duplicate = false, id = 0 } = options;
  const byteLength = checkInteger("byteLength", options.byteLength ?? data.length, data.length, VARIABLE_BYTE_INTEGER_MAXIMUM);
  const publication = driver.written;
  if (publication === undefined) return false;
  const properties = driver.configuration.version === 5 ? publication.properties : undefined;
  // Written into nothing: how long it is.
  const header = writePublishHeader(NOTHING, publication.flags, publication.topic, publication.qos, properties, 0, byteLength);
  const now = driver.now();
  if (header + data.length > connection.room) return false;
  // Written twice, its header is worth keeping, where header and data can go one after the other.
  const published =
    again && !connection.framed && byteLength === data.length && id === 0 ? connection.publish(publication, data, true, now) : begin(connection, publication, data, byteLength, id, duplicate, now);
  if (published === Published.ACCEPTED) forgetPayload(connection);
  return published !== Published.BLOCKED;
}

/** What was sent at QoS 1 or 2 is the caller's again: nothing is sent twice on the one connection that there is. */
function forgetPayload(connection: Connection): void {
  const outgoing = connection.session.outgoing;
  outgoing.at(outgoing.count - 1).payload = NOTHING;
}

/** The class with the packet types as its statics, CONNECT to AUTH. */
export const MQTTClient = /* @__PURE__ */ Object.assign(MQTTClientPattern, PacketType);
export type MQTTClient = MQTTClientPattern;
export default MQTTClient;
