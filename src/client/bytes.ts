import { configurationError } from "../protocol/error.js";
import { decodeText, encodeText } from "../protocol/codec/utf8.js";

/** Bytes of a string (UTF-8), of an ArrayBuffer or of a view, not copied. @throws MqttError (configuration) for anything else. */
export function toBytes(what: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value !== "string") throw configurationError(what, "a string, a Uint8Array or an ArrayBuffer");
  return encodeText(what, value);
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
