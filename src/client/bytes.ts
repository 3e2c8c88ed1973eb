import { configurationError } from "../protocol/error.js";
import { decodeText, encodeUtf8 } from "../protocol/codec/utf8.js";

/** With the flag u, halves of a character only where the other is missing. The host's own search: a look at each byte would take longer than the rest. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Bytes of a string (UTF-8), of an ArrayBuffer or of a view, not copied. @throws MqttError (configuration) for anything else. */
export function toBytes(what: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value !== "string") throw configurationError(what, "a string, a Uint8Array or an ArrayBuffer");
  const bytes = encodeUtf8(value);
  if (value.includes("\0") || (bytes.length > value.length && LONE_SURROGATE.test(value))) throw configurationError(what, "free of NUL characters and lone surrogates");
  return bytes;
}

/** Text, given as a string or as its bytes in UTF-8, which the SDK's client takes too. @throws MqttError (configuration) for anything else. */
export function toText(what: string, value: unknown): string {
  // The encoder looks at it.
  if (typeof value === "string") return value;
  const bytes = toBytes(what, value);
  const text = decodeText(bytes, 0, bytes.length);
  if (text === undefined) throw configurationError(what, "UTF-8 without NUL characters");
  return text;
}
