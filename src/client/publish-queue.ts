import type { Publication, PublicationPayload } from "../protocol/session/publication.js";

/** Publications that cannot be sent yet, in order: two lists of fixed size, made when the first has to wait. */
export class PublishQueue {
  count = 0;
  private readonly room: number;
  private publications: (Publication | undefined)[] | undefined;
  private payloads: (PublicationPayload | undefined)[] | undefined;
  /** Entries at the front that came back from a lost session. */
  private returned = 0;

  /** @param room how many entries there is room for. */
  constructor(room: number) {
    this.room = room;
  }

  publication(index: number): Publication | undefined {
    return this.publications?.[index];
  }

  payload(index: number): PublicationPayload | undefined {
    return this.payloads?.[index];
  }

  /** Puts back what a lost session had in flight: before everything else, in the order of calls. */
  putBack(publication: Publication, payload: PublicationPayload): void {
    this.insert(this.returned++, publication, payload);
  }

  /** Puts an entry before the one at `index`; at `count` it is the last. */
  insert(index: number, publication: Publication, payload: PublicationPayload): void {
    if (this.publications === undefined || this.payloads === undefined) {
      this.publications = new Array<Publication | undefined>(this.room).fill(undefined);
      this.payloads = new Array<PublicationPayload | undefined>(this.room).fill(undefined);
    }
    this.publications.copyWithin(index + 1, index, this.count);
    this.payloads.copyWithin(index + 1, index, this.count++);
    this.publications[index] = publication;
    this.payloads[index] = payload;
  }

  /** A connection begins: what it puts back goes to the front again. */
  forgetReturned(): void {
    this.returned = 0;
  }

  remove(index: number): void {
    if (this.publications === undefined || this.payloads === undefined) return;
    if (index < this.returned) this.returned--;
    this.publications.copyWithin(index, index + 1, this.count);
    this.payloads.copyWithin(index, index + 1, this.count--);
    this.publications[this.count] = this.payloads[this.count] = undefined;
  }

  /** The index of a publication to the same topic, or -1. */
  findTopic(topic: Uint8Array): number {
    for (let i = 0; i < this.count; i++) {
      const other = this.publication(i)?.topic;
      if (other?.length === topic.length && other.every((byte, at) => byte === topic[at])) return i;
    }
    return -1;
  }

  /** Whether an entry at QoS 0 waits, which a later one must not overtake. */
  get holdsQoS0(): boolean {
    for (let i = 0; i < this.count; i++) if (this.publication(i)?.qos === 0) return true;
    return false;
  }
}
