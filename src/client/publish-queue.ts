import type { PublicationPayload } from "../protocol/session/publication.js";
import type { TrackedPublication } from "./publish-call.js";

/** Publications that cannot be sent yet, in order. Two lists of fixed size: nothing is allocated per entry. */
export class PublishQueue {
  count = 0;
  readonly #publications: (TrackedPublication | undefined)[];
  readonly #payloads: (PublicationPayload | undefined)[];
  /** Entries at the front that came back from a lost session. */
  #returned = 0;

  /** @param size how many entries there is room for. */
  constructor(size: number) {
    this.#publications = new Array<TrackedPublication | undefined>(size).fill(undefined);
    this.#payloads = new Array<PublicationPayload | undefined>(size).fill(undefined);
  }

  publication(index: number): TrackedPublication | undefined {
    return this.#publications[index];
  }

  payload(index: number): PublicationPayload | undefined {
    return this.#payloads[index];
  }

  add(publication: TrackedPublication, payload: PublicationPayload): void {
    this.#publications[this.count] = publication;
    this.#payloads[this.count++] = payload;
  }

  /** Puts back what a lost session had in flight: before everything else, in the order of calls. */
  putBack(publication: TrackedPublication, payload: PublicationPayload): void {
    this.insert(this.#returned++, publication, payload);
  }

  /** Puts an entry before the one at `index`. */
  insert(index: number, publication: TrackedPublication, payload: PublicationPayload): void {
    this.#publications.copyWithin(index + 1, index, this.count);
    this.#payloads.copyWithin(index + 1, index, this.count++);
    this.#publications[index] = publication;
    this.#payloads[index] = payload;
  }

  /** A connection begins: what it puts back goes to the front again. */
  beginConnection(): void {
    this.#returned = 0;
  }

  remove(index: number): void {
    if (index < this.#returned) this.#returned--;
    this.#publications.copyWithin(index, index + 1, this.count);
    this.#payloads.copyWithin(index, index + 1, this.count--);
    this.#publications[this.count] = this.#payloads[this.count] = undefined;
  }

  /** The index of a publication to the same topic, or -1. */
  findTopic(topic: Uint8Array): number {
    for (let i = 0; i < this.count; i++) {
      const other = this.#publications[i]?.topic;
      if (other?.length === topic.length && other.every((byte, at) => byte === topic[at])) return i;
    }
    return -1;
  }

  /** Whether an entry at QoS 0 waits, which a later one must not overtake. */
  get holdsQoS0(): boolean {
    for (let i = 0; i < this.count; i++) if (this.#publications[i]?.qos === 0) return true;
    return false;
  }
}
