import { configurationError, tooSmall } from "../error.js";
import { fixedFlags, packetName } from "./packet-type.js";
import { encodeText, STRING_MAXIMUM } from "./utf8.js";
import { variableByteIntegerLength, writeVariableByteInteger } from "./variable-byte-integer.js";

/**
 * Writes one packet into a buffer that the caller owns. What does not fit is counted, not stored, so that {@link end} can say how many
 * bytes it would have taken. Lengths are written as one byte first and widened at the end: most packets are shorter than 128 bytes.
 */
export class PacketWriter {
  readonly bytes: Uint8Array;
  /** Where the next byte goes. */
  position: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.position = 0;
  }

  /** Begins a packet at the start of the buffer: type and fixed flags, room for the Remaining Length. */
  begin(type: number): void {
    this.bytes[0] = (type << 4) | fixedFlags(type);
    this.position = 2;
  }

  /**
   * Ends the packet: writes the Remaining Length.
   * @returns the length of the packet.
   * @throws MqttError (resource) when the buffer is too small.
   */
  end(): number {
    this.closeLength(1);
    const length = this.position;
    if (length > this.bytes.length) throw tooSmall(packetName((this.bytes[0] ?? 0) >> 4), length);
    return length;
  }

  /** Writes the length of all that came after the byte at `start`, which was left free for it, as a Variable Byte Integer. */
  closeLength(start: number): void {
    const length = this.position - start - 1;
    const extra = variableByteIntegerLength(length) - 1;
    if (extra > 0) this.bytes.copyWithin(start + 1 + extra, start + 1, this.position);
    this.position += extra;
    writeVariableByteInteger(this.bytes, start, length);
  }

  byte(value: number): void {
    this.bytes[this.position++] = value;
  }

  /** A number in 1 to 4 bytes, most significant first (MQTT 5.0, 1.5.2, 1.5.3). */
  number(value: number, length: number): void {
    while (length-- > 0) this.byte(value >>> (8 * length));
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    if (this.position + bytes.length <= this.bytes.length) this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** Binary Data: two bytes of length, then the bytes (MQTT 5.0, 1.5.6). `what` names it in errors. */
  binary(what: string, value: unknown): void {
    if (!(value instanceof Uint8Array)) throw configurationError(what, "a Uint8Array");
    if (value.length > STRING_MAXIMUM) throw configurationError(what, `at most ${STRING_MAXIMUM} bytes long`);
    this.number(value.length, 2);
    this.raw(value);
  }

  /** UTF-8 Encoded String: two bytes of length, then UTF-8 (MQTT 5.0, 1.5.4). `what` names it in errors. */
  string(what: string, value: unknown): void {
    if (typeof value !== "string") throw configurationError(what, "a string");
    this.binary(what, encodeText(what, value));
  }

  /** A string that is a Topic Name: not empty, no wildcards (MQTT 5.0, 4.7). */
  topicName(what: string, value: unknown): void {
    // The host's own search: a look at each byte would take longer.
    if (value === "" || (typeof value === "string" && (value.includes("+") || value.includes("#")))) throw configurationError(what, "at least one character, without + and #");
    this.string(what, value);
  }
}
