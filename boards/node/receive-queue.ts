import { bytesOf, type ByteBuffer } from "./byte-buffer.js";

/** Bytes that have arrived and were not read yet, in the pieces in which they came. */
export class ReceiveQueue {
  readonly #pieces: Uint8Array[] = [];
  /** How much of the first piece was read. */
  #position = 0;
  #length = 0;

  /** Bytes waiting. */
  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.byteLength;
  }

  /** Fills `target` from the front of the queue. At least that many bytes must be waiting. */
  take(target: Uint8Array): void {
    let filled = 0;
    while (filled < target.byteLength) {
      const piece = this.#pieces[0];
      if (!piece) throw new RangeError("ReceiveQueue: more was taken than is waiting");
      const part = piece.subarray(this.#position, this.#position + target.byteLength - filled);
      target.set(part, filled);
      filled += part.byteLength;
      this.#position += part.byteLength;
      if (this.#position === piece.byteLength) {
        this.#pieces.shift();
        this.#position = 0;
      }
    }
    this.#length -= filled;
  }

  /**
   * The method `read` of ECMA-419 in format `"buffer"`: everything, at most a number of bytes, or as much as a buffer holds.
   * @param name the class, for messages
   * @returns undefined when nothing waits; for a buffer the count of bytes in it.
   * @throws RangeError for a buffer longer than what waits, as on devices, where it is an error.
   */
  read(into: number | ByteBuffer | undefined, name: string): ArrayBuffer | number | undefined {
    const available = this.#length;
    if (available === 0) return undefined;
    if (into === undefined || typeof into === "number") {
      if (into !== undefined && !(into >= 1)) throw new RangeError(`${name}: read of ${into} bytes; 1 or more are allowed`);
      const result = new ArrayBuffer(Math.min(into ?? available, available));
      this.take(new Uint8Array(result));
      return result;
    }
    const bytes = bytesOf(into, `${name}: read`);
    if (bytes.byteLength === 0 || bytes.byteLength > available)
      throw new RangeError(`${name}: read into ${bytes.byteLength} bytes; ${available} are available, pass a view of 1 to ${available}`);
    this.take(bytes);
    return bytes.byteLength;
  }
}
