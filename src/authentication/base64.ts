const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 of bytes (RFC 4648, 4). */
export function toBase64(bytes: Uint8Array): string {
  const length = bytes.length;
  let text = "";
  for (let i = 0; i < length; i += 3) {
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let shift = 18; shift >= 0; shift -= 6) text += ALPHABET.charAt((bits >> shift) & 63);
  }
  // Each byte that was missing at the end stands for a character.
  const missing = (3 - (length % 3)) % 3;
  return text.slice(0, text.length - missing) + "==".slice(0, missing);
}

/** The bytes that a text is the Base64 of, or undefined when it is not of any. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/={1,2}$/, "");
  const bytes = new Uint8Array((digits.length * 3) >> 2);
  let bits = 0;
  for (let i = 0, j = 0; i < digits.length; i++) {
    bits = (bits << 6) | ALPHABET.indexOf(digits.charAt(i));
    if (i % 4 > 0) bytes[j++] = bits >> (6 - 2 * (i % 4));
  }
  // What is no Base64, or has another form, does not come out the same.
  return toBase64(bytes) === text ? bytes : undefined;
}
