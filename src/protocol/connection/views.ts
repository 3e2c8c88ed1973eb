const KEPT = 4;

/**
 * Views of one buffer by offset and length. ECMA-419 sockets take a whole view, so each length needs its own; the last few are kept,
 * since traffic repeats: a read or write of a length seen lately allocates nothing.
 */
export class Views {
  readonly #bytes: Uint8Array;
  readonly #kept: Uint8Array[] = [];
  #next = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The bytes from `start` to `end`. */
  get(start: number, end: number): Uint8Array {
    const kept = this.#kept;
    const offset = this.#bytes.byteOffset + start;
    const length = end - start;
    for (let i = kept.length; i-- > 0; ) {
      const view = kept[i];
      if (view?.length === length && view.byteOffset === offset) return view;
    }
    const view = this.#bytes.subarray(start, end);
    kept[this.#next] = view;
    this.#next = (this.#next + 1) % KEPT;
    return view;
  }
}
