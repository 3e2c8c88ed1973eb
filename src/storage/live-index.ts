import { Name, RecordType } from "./layout.js";
import { dataLength, type Medium } from "./medium.js";

/** Words of an entry: the record's `ID` and `NAME`, and its offset in the partition. */
const ENTRY = 3;

/** The records that are kept, in the order of their `ID`: 12 bytes of RAM each. */
export class LiveIndex {
  count = 0;
  /** Bytes that they take on flash. */
  bytes = 0;
  private readonly medium: Medium;
  private entries: Int32Array;

  constructor(medium: Medium, size: number) {
    this.medium = medium;
    this.entries = new Int32Array(size * ENTRY);
  }

  id(index: number): number {
    return this.entries[index * ENTRY] ?? 0;
  }

  name(index: number): number {
    return this.entries[index * ENTRY + 1] ?? 0;
  }

  offset(index: number): number {
    return this.entries[index * ENTRY + 2] ?? 0;
  }

  /** The record has been moved. */
  setOffset(index: number, offset: number): void {
    this.entries[index * ENTRY + 2] = offset;
  }

  /** The index of the record of a type and key, or -1. */
  find(typeAndKey: number): number {
    const entries = this.entries;
    let i = this.count;
    while (i-- > 0 && ((entries[i * ENTRY + 1] ?? 0) & Name.TYPE_AND_KEY) !== typeAndKey);
    return i;
  }

  /** The index of the record with an id, or -1. Mostly the first is asked for. */
  findId(id: number): number {
    const { count, entries } = this;
    for (let i = 0; i < count; i++) if (entries[i * ENTRY] === id) return i;
    return -1;
  }

  /** Adds what was written last: in place of its earlier copy, of the record of its type and key, of everything before a session. */
  add(id: number, name: number, offset: number): void {
    const copy = this.count > 0 && id <= this.id(this.count - 1) ? this.findId(id) : -1;
    if (copy >= 0) {
      this.setOffset(copy, offset);
      return;
    }
    this.remove(this.find(name & Name.TYPE_AND_KEY));
    if (((name >> Name.TYPE) & Name.TYPE_MAXIMUM) === RecordType.SESSION) while (this.count > 0 && this.id(0) < id) this.remove(0);
    this.insert(id, name, offset);
  }

  private insert(id: number, name: number, offset: number): void {
    let at = this.count;
    // Only the caller of the journal is held to the limit: what is on flash already is kept.
    if (this.entries.length === at * ENTRY) {
      const larger = new Int32Array((at + 8) * ENTRY);
      larger.set(this.entries);
      this.entries = larger;
    }
    const entries = this.entries;
    while (at > 0 && this.id(at - 1) > id) at--;
    entries.copyWithin((at + 1) * ENTRY, at * ENTRY, this.count++ * ENTRY);
    entries[at * ENTRY] = id;
    entries[at * ENTRY + 1] = name;
    entries[at * ENTRY + 2] = offset;
    this.bytes += this.medium.sizeOf(dataLength(name));
  }

  /** Removes an entry; -1 is none. */
  remove(index: number): void {
    if (index < 0) return;
    this.bytes -= this.medium.sizeOf(dataLength(this.name(index)));
    this.entries.copyWithin(index * ENTRY, (index + 1) * ENTRY, this.count-- * ENTRY);
  }
}
