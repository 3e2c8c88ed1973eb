import { configurationError } from "../protocol/error.js";
import { encodeUtf8, isUtf8 } from "../protocol/codec/utf8.js";

/** Bytes of a string (UTF-8), of an ArrayBuffer or of a view, not copied. @throws MqttError (configuration) for anything else. */
export function toBytes(what: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value !== "string") throw configurationError(what, "a string, a Uint8Array or an ArrayBuffer");
  const bytes = encodeUtf8(value);
  // Not where the host encodes, in XS: a check takes longer than the rest of the way of a message.
  if (!("fromString" in ArrayBuffer || isUtf8(bytes, 0, bytes.length))) throw configurationError(what, "free of NUL characters and lone surrogates");
  return bytes;
}
