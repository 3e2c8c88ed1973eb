/** The longest UTF-8 Encoded String, in bytes (MQTT 5.0, 1.5.4). */
export const STRING_MAXIMUM = 0xffff;

/** Writes one code point that is not ASCII. @returns the position behind it, -1 for a surrogate. */
function writeCodePoint(bytes: Uint8Array, position: number, code: number): number {
  if (code < 0x800) bytes[position++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) {
      if (code >= 0xd800 && code < 0xe000) return -1;
      bytes[position++] = 0xe0 | (code >> 12);
    } else {
      bytes[position++] = 0xf0 | (code >> 18);
      bytes[position++] = 0x80 | ((code >> 12) & 0x3f);
    }
    bytes[position++] = 0x80 | ((code >> 6) & 0x3f);
  }
  bytes[position++] = 0x80 | (code & 0x3f);
  return position;
}

// XS counts the characters before the one that is asked for: fast enough for the first few only.
const INDEXED = 64;

/**
 * Writes the UTF-8 bytes of a string. Bytes beyond the end of `bytes` are dropped, the position counts on.
 * @returns the position behind the last byte, or -1 for what MQTT forbids: a NUL or a lone surrogate (MQTT 5.0, 1.5.4).
 */
export function writeUtf8(bytes: Uint8Array, position: number, string: string): number {
  const { length } = string;
  let i = 0;
  for (; i < length && i < INDEXED; i++) {
    const code = string.charCodeAt(i);
    if (code === 0) return -1;
    if (code > 0x7f) break;
    bytes[position++] = code;
  }
  if (i === length) return position;
  // By code points: XS keeps strings in UTF-8 and has no surrogate pairs.
  for (const character of string.slice(i)) {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0) return -1;
    if (code < 0x80) bytes[position++] = code;
    else if ((position = writeCodePoint(bytes, position, code)) < 0) return -1;
  }
  return position;
}

/** Whether the bytes are what MQTT takes for UTF-8: shortest forms, no surrogates, no NUL (MQTT 5.0, 1.5.4). */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  while (start < end) {
    const code = bytes[start++] ?? 0;
    if (code < 0x80) {
      if (code === 0) return false;
      continue;
    }
    if (code < 0xc2 || code > 0xf4) return false;
    const second = bytes[start] ?? 0;
    // The second byte excludes long forms (E0, F0), surrogates (ED) and what lies beyond U+10FFFF (F4).
    if (
      (code === 0xe0 && second < 0xa0) ||
      (code === 0xed && second > 0x9f) ||
      (code === 0xf0 && second < 0x90) ||
      (code === 0xf4 && second > 0x8f)
    )
      return false;
    for (let more = code < 0xe0 ? 1 : code < 0xf0 ? 2 : 3; more > 0; more--) {
      if (start >= end || ((bytes[start++] ?? 0) & 0xc0) !== 0x80) return false;
    }
  }
  return true;
}

// Few enough arguments for the 512 slots of an ESP32's stack.
const CODES_AT_ONCE = 32;

/** Decodes bytes that {@link isUtf8} accepted. A leading U+FEFF stays (MQTT 5.0, 1.5.4). */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  let string = "";
  while (start < end) {
    const codes: number[] = [];
    while (start < end && codes.length < CODES_AT_ONCE) {
      let code = bytes[start++] ?? 0;
      if (code >= 0x80) {
        let more = code < 0xe0 ? 1 : code < 0xf0 ? 2 : 3;
        code &= 0x3f >> more;
        while (more-- > 0) code = (code << 6) | ((bytes[start++] ?? 0) & 0x3f);
      }
      codes.push(code);
    }
    string += String.fromCodePoint(...codes);
  }
  return string;
}
