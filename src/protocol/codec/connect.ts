import { checkInteger, configurationError } from "../error.js";
import type { PacketWriter } from "./packet-writer.js";
import { PacketType } from "./packet-type.js";
import { readProperties, writeProperties } from "./properties.js";
import { WILL, type ConnectProperties, type Properties, type WillProperties } from "./property.js";
import { checkFlags, readBinary, readString, readTwoBytes } from "./reading.js";
import { ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";

/** Connect Flags (MQTT 5.0, 3.1.2.3). */
const ConnectFlag = { RESERVED: 0x01, CLEAN_START: 0x02, WILL: 0x04, WILL_QOS: 0x18, WILL_RETAIN: 0x20, PASSWORD: 0x40, USER_NAME: 0x80 } as const;

export interface ConnectWill {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly properties?: WillProperties | undefined;
}

/** The fields of a CONNECT (MQTT 5.0, 3.1; MQTT 3.1.1, 3.1). */
export interface Connect {
  readonly version: 4 | 5;
  /** Default false. */
  readonly cleanStart?: boolean;
  /** Seconds, 0 to 65,535. */
  readonly keepAlive: number;
  readonly clientId: string;
  readonly user?: string | undefined;
  readonly password?: Uint8Array | undefined;
  readonly will?: ConnectWill | undefined;
  readonly properties?: ConnectProperties | undefined;
}

/**
 * Encodes a CONNECT: protocol name and version, flags, Keep Alive, properties, Client Identifier, will, user name, password.
 * @returns its length.
 * @throws MqttError (configuration) naming the wrong field, (resource) when the buffer is too small.
 */
export function encodeConnect(writer: PacketWriter, connect: Connect): number {
  const { version, will, user, password } = connect;
  let flags: number = connect.cleanStart ? ConnectFlag.CLEAN_START : 0;
  if (version === 4) {
    if (password !== undefined && user === undefined) throw configurationError("password", "accompanied by user in MQTT 3.1.1");
    if (connect.clientId === "" && flags === 0) throw configurationError("id", "given when clean is false in MQTT 3.1.1");
  }
  writer.begin(PacketType.CONNECT);
  // The string "MQTT".
  writer.number(0x00044d51, 4);
  writer.number(0x5454, 2);
  writer.byte(version);
  const flagsAt = writer.position++;
  writer.number(connect.keepAlive, 2);
  if (version === 5) writeProperties(writer, connect.properties, PacketType.CONNECT);
  // As an empty string, which would make 120 bytes of garbage.
  if (connect.clientId === "") writer.number(0, 2);
  else writer.string("id", connect.clientId);
  if (will !== undefined) {
    flags |= ConnectFlag.WILL | (checkInteger("will.qos", will.qos, 0, 2) << 3) | (will.retain ? ConnectFlag.WILL_RETAIN : 0);
    if (version === 5) writeProperties(writer, will.properties, WILL);
    writer.topicName("will.topic", will.topic);
    writer.binary("will.payload", will.payload);
  }
  if (user !== undefined) {
    flags |= ConnectFlag.USER_NAME;
    writer.string("user", user);
  }
  if (password !== undefined) {
    flags |= ConnectFlag.PASSWORD;
    writer.binary("password", password);
  }
  writer.bytes[flagsAt] = flags;
  return writer.end();
}

function readBlock(packet: ReceivedPacket, type: number): Properties | undefined {
  if (packet.version === 4) return undefined;
  packet.skipProperties(type);
  return packet.fault === 0 ? readProperties(packet.bytes, packet.propertiesStart, packet.propertiesEnd, type) : {};
}

function readWill(packet: ReceivedPacket, flags: number): ConnectWill {
  const properties = readBlock(packet, WILL);
  const topic = readString(packet);
  return { topic, payload: readBinary(packet), qos: ((flags >> 3) & 3) as 0 | 1 | 2, retain: (flags & ConnectFlag.WILL_RETAIN) !== 0, properties };
}

/** Decodes a CONNECT, as a server does; what is wrong is in `packet.fault`. */
export function decodeConnect(packet: ReceivedPacket): Connect {
  checkFlags(packet, 0);
  if (readString(packet) !== "MQTT") packet.fail(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
  const version = packet.readByte();
  if (version !== 4 && version !== 5) packet.fail(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
  packet.version = version === 4 ? 4 : 5;
  const flags = packet.readByte();
  const willFlags = flags & (ConnectFlag.WILL_QOS | ConnectFlag.WILL_RETAIN);
  if (flags & ConnectFlag.RESERVED || (flags & ConnectFlag.WILL_QOS) === ConnectFlag.WILL_QOS || (!(flags & ConnectFlag.WILL) && willFlags))
    packet.fail(ReasonCode.MALFORMED_PACKET);
  const keepAlive = readTwoBytes(packet);
  const properties = readBlock(packet, PacketType.CONNECT);
  const clientId = readString(packet);
  const will = flags & ConnectFlag.WILL ? readWill(packet, flags) : undefined;
  const user = flags & ConnectFlag.USER_NAME ? readString(packet) : undefined;
  const password = flags & ConnectFlag.PASSWORD ? readBinary(packet) : undefined;
  packet.expectEnd();
  return { version: packet.version, cleanStart: (flags & ConnectFlag.CLEAN_START) !== 0, keepAlive, clientId, user, password, will, properties };
}
