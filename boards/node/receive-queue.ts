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
}
