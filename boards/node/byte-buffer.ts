/** ECMA-419, "Byte Buffer": an ArrayBuffer or a view, of which only the bytes in view count. */
export type ByteBuffer = ArrayBufferLike | ArrayBufferView;

/**
 * The bytes of a Byte Buffer, in place.
 * @throws TypeError when `data` is none; `name` says who was asked.
 */
export function bytesOf(data: unknown, name: string): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  throw new TypeError(`${name}: an ArrayBuffer or a view of one is required`);
}
