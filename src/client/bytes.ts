import { configurationError } from "../protocol/error.js";
import { writeUtf8 } from "../protocol/codec/utf8.js";

/** Some hosts encode natively: XS has this, Node has not. */
interface NativeEncoder {
  readonly fromString?: (string: string) => ArrayBuffer;
}

/** Bytes of a string (UTF-8), of an ArrayBuffer or of a view, not copied. @throws MqttError (configuration) for anything else. */
export function toBytes(what: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") {
    const native: NativeEncoder = ArrayBuffer;
    if (native.fromString !== undefined) return new Uint8Array(native.fromString(value));
    const bytes = new Uint8Array(value.length * 3);
    const length = writeUtf8(bytes, 0, value);
    if (length < 0) throw configurationError(what, "free of NUL characters and lone surrogates");
    return bytes.subarray(0, length);
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw configurationError(what, "a string, a Uint8Array or an ArrayBuffer");
}
