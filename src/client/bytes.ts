import { configurationError } from "../protocol/error.js";
import { encodeUtf8, isUtf8, readUtf8 } from "../protocol/codec/utf8.js";

/** With the flag u, halves of a character only where the other is missing. The host's own search: a look at each byte would take longer than the rest. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Bytes of a string (UTF-8), of an ArrayBuffer or of a view, not copied. @throws MqttError (configuration) for anything else. */
export function toBytes(what: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value !== "string") throw configurationError(what, "a string, a Uint8Array or an ArrayBuffer");
  if (value.includes("\0") || LONE_SURROGATE.test(value)) throw configurationError(what, "free of NUL characters and lone surrogates");
  return encodeUtf8(value);
}

/** Text, given as a string or as its bytes in UTF-8, which the SDK's client takes too. @throws MqttError (configuration) for anything else. */
export function toText(what: string, value: unknown): string {
  // The encoder looks at it.
  if (typeof value === "string") return value;
  const bytes = toBytes(what, value);
  const { length } = bytes;
  if (!isUtf8(bytes, 0, length)) throw configurationError(what, "UTF-8 without NUL characters");
  return readUtf8(bytes, 0, length);
}
