import { configurationError } from "../protocol/error.js";
import { PacketType } from "../protocol/codec/packet-type.js";
import { encodeUtf8, STRING_MAXIMUM } from "../protocol/codec/utf8.js";
import { variableByteIntegerLength, writeVariableByteInteger } from "../protocol/codec/variable-byte-integer.js";
import { toBytes } from "./bytes.js";
import type { CompleteOptions, ReportMessage } from "./report-options.js";

/** What a UTF-8 Encoded String must not contain: NUL and lone surrogates (MQTT 5.0, 1.5.4). */
const NO_TEXT = /[\0\ud800-\udfff]/u;

/** What is no Topic Name: nothing, or wildcards (MQTT 5.0, 4.7). */
const NO_TOPIC = /[\0\ud800-\udfff+#]|^$/u;

const NOTHING = new Uint8Array(0);

/** Bytes behind the two bytes of their length. */
function field(what: string, bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length > STRING_MAXIMUM) throw configurationError(what, `at most ${STRING_MAXIMUM} bytes long`);
  const result = new Uint8Array(2 + length);
  result[0] = length >> 8;
  result[1] = length;
  result.set(bytes, 2);
  return result;
}

function text(what: string, value: unknown, wrong: RegExp): Uint8Array {
  if (typeof value !== "string" || wrong.test(value)) throw configurationError(what, "a string without NUL, a topic without + and #");
  return field(what, encodeUtf8(value));
}

function packet(first: number, fields: readonly Uint8Array[]): Uint8Array {
  const length = fields.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(1 + variableByteIntegerLength(length) + length);
  bytes[0] = first;
  let position = writeVariableByteInteger(bytes, 1, length);
  fields.forEach((part) => {
    bytes.set(part, position);
    position += part.length;
  });
  return bytes;
}

/** CONNECT of MQTT 5.0 (3.1): Clean Start, no session that outlives the connection. @param keepAlive in seconds. */
export function connectPacket({ id, user, password }: CompleteOptions, keepAlive: number): Uint8Array {
  const flags = (user === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40) | 2;
  return packet(PacketType.CONNECT << 4, [
    text("protocol", "MQTT", NO_TEXT), Uint8Array.of(5, flags, keepAlive >> 8, keepAlive, 0), text("id", id, NO_TEXT),
    user === undefined ? NOTHING : text("user", user, NO_TEXT), password === undefined ? NOTHING : field("password", toBytes("password", password)),
  ]);
}

/** PUBLISH without properties (3.3). @param identifier Packet Identifier, not used at QoS 0. */
export function publishPacket({ topic, payload, qos, retain }: Required<ReportMessage>, identifier: number): Uint8Array {
  return packet((PacketType.PUBLISH << 4) | (qos << 1) | (retain ? 1 : 0), [
    text("topic", topic, NO_TOPIC), qos > 0 ? Uint8Array.of(identifier >> 8, identifier, 0) : Uint8Array.of(0), toBytes("payload", payload),
  ]);
}
