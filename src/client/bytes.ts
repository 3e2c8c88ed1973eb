import { configurationError } from "../protocol/error.js";
import { writeUtf8 } from "../protocol/codec/utf8.js";

/** Some hosts encode natively: XS has this, Node has not. */
interface NativeEncoder {
  readonly fromString?: (string: string) => ArrayBuffer;
}

function encodeText(what: string, text: string): Uint8Array {
  const native: NativeEncoder = ArrayBuffer;
  if (native.fromString !== undefined) return new Uint8Array(native.fromString(text));
  const bytes = new Uint8Array(text.length * 3);
  const length = writeUtf8(bytes, 0, text);
  if (length < 0) throw configurationError(what, "free of NUL characters and lone surrogates; send binary data as a Uint8Array");
  return bytes.subarray(0, length);
}

/** Bytes of a string (UTF-8), of an ArrayBuffer or of a view, not copied. @throws MqttError (configuration) for anything else. */
export function toBytes(what: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return encodeText(what, value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw configurationError(what, "a string, a Uint8Array or an ArrayBuffer");
}
