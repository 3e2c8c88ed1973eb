import { configurationError, MqttError } from "../error.js";
import { packetName } from "./packet-type.js";
import { STRING_MAXIMUM, writeUtf8 } from "./utf8.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM, variableByteIntegerLength, writeVariableByteInteger } from "./variable-byte-integer.js";

/**
 * Writes one packet into a buffer that the caller owns. What does not fit is counted, not stored, so that {@link end} can say how many
 * bytes it would have taken. Lengths are written as one byte first and widened at the end: most packets are shorter than 128 bytes.
 */
export class PacketWriter {
  readonly bytes: Uint8Array;
  /** Where the next byte goes. */
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Begins a packet at the start of the buffer: type and flags, room for the Remaining Length. */
  begin(type: number, flags: number): void {
    this.position = 2;
    this.bytes[0] = (type << 4) | flags;
  }

  /**
   * Ends the packet: writes the Remaining Length.
   * @param following bytes that belong to the packet but do not pass through the buffer: a payload.
   * @returns the length of what is in the buffer.
   * @throws MqttError (resource) when the buffer is too small, (configuration) when the packet would be longer than MQTT allows.
   */
  end(following = 0): number {
    const name = packetName((this.bytes[0] ?? 0) >> 4);
    const remaining = this.position - 2 + following;
    if (remaining > VARIABLE_BYTE_INTEGER_MAXIMUM)
      throw configurationError(`a ${name} of ${remaining} bytes`, `at most ${VARIABLE_BYTE_INTEGER_MAXIMUM} bytes long`);
    this.widen(1, remaining);
    if (this.position > this.bytes.length) {
      const needed = this.position;
      throw new MqttError("resource", `${name} takes ${needed} bytes, the send buffer has ${this.bytes.length}: set sendBuffer to ${needed} or more`);
    }
    return this.position;
  }

  /** Leaves room for a length of which the bytes follow. @returns what {@link closeLength} needs. */
  openLength(): number {
    return this.position++;
  }

  /** Writes the length of all that was written since {@link openLength} as a Variable Byte Integer. */
  closeLength(start: number): void {
    this.widen(start, this.position - start - 1);
  }

  byte(value: number): void {
    this.bytes[this.position++] = value;
  }

  /** A number in `length` bytes, most significant first (MQTT 5.0, 1.5.2, 1.5.3). */
  number(value: number, length: number): void {
    while (length-- > 0) this.byte(Math.floor(value / 2 ** (8 * length)) & 0xff);
  }

  variable(value: number): void {
    this.position = writeVariableByteInteger(this.bytes, this.position, value);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    const room = this.bytes.length - this.position;
    if (bytes.length <= room) this.bytes.set(bytes, this.position);
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
    const start = this.position;
    const end = writeUtf8(this.bytes, start + 2, value);
    if (end < 0) throw configurationError(what, "free of NUL characters and lone surrogates");
    if (end - start - 2 > STRING_MAXIMUM) throw configurationError(what, `at most ${STRING_MAXIMUM} bytes of UTF-8`);
    this.number(end - start - 2, 2);
    this.position = end;
  }

  /** A string that is a Topic Name: not empty, no wildcards (MQTT 5.0, 4.7). */
  topicName(what: string, value: unknown): void {
    if (typeof value === "string" && (value.length === 0 || value.includes("+") || value.includes("#")))
      throw configurationError(what, "at least one character, without + and #");
    this.string(what, value);
  }

  private widen(at: number, value: number): void {
    const extra = variableByteIntegerLength(value) - 1;
    if (extra > 0) {
      if (this.position + extra <= this.bytes.length) this.bytes.copyWithin(at + 1 + extra, at + 1, this.position);
      this.position += extra;
    }
    writeVariableByteInteger(this.bytes, at, value);
  }
}
