import type { PublicationPayload } from "../protocol/session/publication.js";
import { TrackedPublication } from "./publish-call.js";

/** Publications that cannot be sent yet, in order: one list of fixed size, made when the first has to wait. */
export class PublishQueue {
  count = 0;
  private readonly room: number;
  /** Publication and payload of each entry, in turn. */
  private items: (TrackedPublication | PublicationPayload | undefined)[] | undefined;
  /** Entries at the front that came back from a lost session. */
  private returned = 0;

  /** @param room how many entries there is room for. */
  constructor(room: number) {
    this.room = room;
  }

  publication(index: number): TrackedPublication | undefined {
    const item = this.items?.[2 * index];
    return item instanceof TrackedPublication ? item : undefined;
  }

  payload(index: number): PublicationPayload | undefined {
    const item = this.items?.[2 * index + 1];
    return item instanceof TrackedPublication ? undefined : item;
  }

  /** Puts back what a lost session had in flight: before everything else, in the order of calls. */
  putBack(publication: TrackedPublication, payload: PublicationPayload): void {
    this.insert(this.returned++, publication, payload);
  }

  /** Puts an entry before the one at `index`; at `count` it is the last. */
  insert(index: number, publication: TrackedPublication, payload: PublicationPayload): void {
    const items = (this.items ??= new Array<TrackedPublication | undefined>(2 * this.room).fill(undefined));
    items.copyWithin(2 * index + 2, 2 * index, 2 * this.count++);
    items[2 * index] = publication;
    items[2 * index + 1] = payload;
  }

  /** A connection begins: what it puts back goes to the front again. */
  forgetReturned(): void {
    this.returned = 0;
  }

  remove(index: number): void {
    const { items } = this;
    if (index < this.returned) this.returned--;
    if (items === undefined) return;
    const end = 2 * this.count--;
    items.copyWithin(2 * index, 2 * index + 2, end);
    items[end - 2] = items[end - 1] = undefined;
  }

  /** The index of a publication to the same topic, or -1. */
  protected findTopic(topic: Uint8Array): number {
    for (let i = 0; i < this.count; i++) {
      const other = this.publication(i)?.topic;
      if (other?.length === topic.length && other.every((byte, at) => byte === topic[at])) return i;
    }
    return -1;
  }

  /** Whether an entry at QoS 0 waits, which a later one must not overtake. */
  protected get holdsQoS0(): boolean {
    for (let i = 0; i < this.count; i++) if (this.publication(i)?.qos === 0) return true;
    return false;
  }
}
