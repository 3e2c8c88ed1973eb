/** Exchanges in order, an entry a Packet Identifier: a number with the identifier in its lower half and what the table adds above it. */
export abstract class IdentifierTable {
  /** Entries in use. */
  count = 0;
  protected readonly entries: Uint32Array;

  constructor(size: number) {
    this.entries = new Uint32Array(size);
  }

  /** The index of an identifier, or -1. */
  find(identifier: number): number {
    const { entries } = this;
    for (let i = 0; i < this.count; i++) if (((entries[i] ?? 0) & 0xffff) === identifier) return i;
    return -1;
  }

  identifier(index: number): number {
    return (this.entries[index] ?? 0) & 0xffff;
  }
}
