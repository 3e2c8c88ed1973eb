/**
 * Bytes written out: pairs of hexadecimal digits, and ASCII text in quotes, as in `bytes("00 04 'MQTT'", "05")`.
 * Several lines may be given, so that each can have its comment.
 */
export function bytes(...lines: readonly string[]): Uint8Array {
  const list: number[] = [];
  for (const token of lines.join(" ").match(/'[^']*'|\S+/g) ?? []) {
    if (token.startsWith("'")) for (let i = 1; i < token.length - 1; i++) list.push(token.charCodeAt(i));
    else if (/^[0-9A-Fa-f]{2}$/.test(token)) list.push(parseInt(token, 16));
    else throw new Error(`"${token}" is neither two hexadecimal digits nor text in quotes`);
  }
  return Uint8Array.from(list);
}

/** Bytes as pairs of hexadecimal digits, for comparisons that show what differs. */
export function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => (byte < 16 ? "0" : "") + byte.toString(16).toUpperCase()).join(" ");
}

/** One after the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

/** `count` bytes 0, 1, 2 ... 250, 0 ...: a period that is no power of two shows a piece that went to the wrong place. */
export function pattern(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => i % 251);
}

/** The bytes of ASCII text. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
