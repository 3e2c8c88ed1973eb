import { configurationError } from "../error.js";

/** The longest UTF-8 Encoded String, in bytes (MQTT 5.0, 1.5.4). */
export const STRING_MAXIMUM = 0xffff;

/** XS converts strings natively. A bundle for XS alone may have `true` here instead, and does without the portable code then. */
const NATIVE = "fromString" in ArrayBuffer;

interface NativeDecoder {
  fromArrayBuffer(buffer: ArrayBufferLike, byteOffset: number, byteLength: number): string;
}

/** Upper bits of a surrogate, U+D800 to U+DFFF. */
const SURROGATE = 0xd800 >> 11;

/** How many bytes follow the first byte of a character that is not ASCII. */
function followingBytes(first: number): number {
  return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

/** The UTF-8 bytes of a string; of a string that MQTT forbids, bytes that {@link isUtf8} refuses. */
export function encodeUtf8(string: string): Uint8Array {
  if (NATIVE) return new Uint8Array(ArrayBuffer.fromString(string));
  const bytes = new Uint8Array(3 * string.length);
  let position = 0;
  for (let i = 0; i < string.length; i++) {
    const code = string.codePointAt(i) ?? 0;
    if (code < 0x80) bytes[position++] = code;
    else {
      let more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      // The second half of a surrogate pair.
      if (more > 2) i++;
      // As many leading ones as the character has bytes.
      bytes[position++] = (-0x80 >> more) | (code >> (6 * more));
      while (more-- > 0) bytes[position++] = 0x80 | ((code >> (6 * more)) & 0x3f);
    }
  }
  return bytes.subarray(0, position);
}

/**
 * Writes the UTF-8 bytes of a string, unless they are more than there is room for.
 * @returns the position behind the last byte, or -1 for what MQTT forbids: a NUL or a lone surrogate (MQTT 5.0, 1.5.4).
 */
export function writeUtf8(bytes: Uint8Array, position: number, string: string): number {
  const encoded = encodeUtf8(string);
  const end = position + encoded.length;
  if (!isUtf8(encoded, 0, encoded.length)) return -1;
  if (end <= bytes.length) bytes.set(encoded, position);
  return end;
}

/** Whether the bytes are what MQTT takes for UTF-8: shortest forms, no surrogates, no NUL (MQTT 5.0, 1.5.4). */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  while (start < end) {
    let code = bytes[start++] ?? 0;
    if (code > 0 && code < 0x80) continue;
    const more = followingBytes(code);
    const next = start + more;
    if (code < 0xc2 || next > end) return false;
    code &= 0x7f >> more;
    while (start < next) {
      const byte = bytes[start++] ?? 0;
      if (byte >> 6 !== 2) return false;
      code = (code << 6) | (byte & 0x3f);
    }
    // Two bytes are needed from bit 7 on, three from bit 11, four from bit 16: that 0xC2 begins the two was seen to above.
    if (code >> (5 * more + 1) === 0 || code >> 11 === SURROGATE || code > 0x10ffff) return false;
  }
  return true;
}

/** What MQTT allows in no string: NUL, and halves of a character, by the flag u only where the other is missing (MQTT 5.0, 1.5.4). */
const FORBIDDEN = /[\0\ud800-\udfff]/u;

/** Up to here the search is as quick: to ask a string for its length makes 64 bytes of garbage. */
const FEW = 16;

/**
 * The UTF-8 bytes of a string that MQTT allows. As many as characters is ASCII, in XS without NUL, which has two there.
 * @throws MqttError (configuration) naming `what`.
 */
export function encodeText(what: string, string: string): Uint8Array {
  const bytes = encodeUtf8(string);
  const ascii = NATIVE && bytes.length > FEW && bytes.length === string.length;
  if (!ascii && FORBIDDEN.test(string)) throw configurationError(what, "free of NUL characters and lone surrogates");
  return bytes;
}

/** The text that bytes are, or undefined for what {@link isUtf8} refuses. ASCII is found as in {@link encodeText}. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (NATIVE)
    try {
      const text = readUtf8(bytes, start, end);
      if (text.length === end - start && !text.includes("\0")) return text;
    } catch {
      // So it is found below.
    }
  return isUtf8(bytes, start, end) ? readUtf8(bytes, start, end) : undefined;
}

/** Decodes bytes that {@link isUtf8} accepted. A leading U+FEFF stays (MQTT 5.0, 1.5.4). */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (NATIVE) {
    const native: NativeDecoder = String;
    return native.fromArrayBuffer(bytes.buffer, bytes.byteOffset + start, end - start);
  }
  let string = "";
  while (start < end) {
    let code = bytes[start++] ?? 0;
    if (code >= 0x80) {
      let more = followingBytes(code);
      code &= 0x7f >> more;
      while (more-- > 0) code = (code << 6) | ((bytes[start++] ?? 0) & 0x3f);
    }
    string += String.fromCodePoint(code);
  }
  return string;
}
