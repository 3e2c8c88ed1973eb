import { ReasonCode } from "../codec/reason-code.js";
import { PropertyId } from "../codec/property.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import type { Publication } from "../session/publication.js";

/** Topic Aliases of received messages (MQTT 5.0, 3.3.2.3.4): one connection's, as many as were announced. */
export class IncomingAliases {
  readonly #topics: (Uint8Array | undefined)[];

  /** @param maximum the Topic Alias Maximum that was announced; each alias in use keeps a copy of its topic. */
  constructor(maximum: number) {
    this.#topics = new Array<Uint8Array | undefined>(maximum).fill(undefined);
  }

  /** Notes or resolves the alias of a PUBLISH; what is wrong with it is in `packet.fault`. */
  resolve(packet: ReceivedPacket): void {
    const alias = packet.numberProperty(PropertyId.topicAlias, 0);
    const named = packet.topicEnd > packet.topicStart;
    if (alias === 0) {
      if (!named) packet.fail(ReasonCode.PROTOCOL_ERROR);
    } else if (alias > this.#topics.length) packet.fail(ReasonCode.TOPIC_ALIAS_INVALID);
    else if (named) {
      if (!packet.topicEquals(this.#topics[alias - 1] ?? NOTHING)) this.#topics[alias - 1] = packet.topicBytes.slice(packet.topicStart, packet.topicEnd);
    } else {
      const topic = this.#topics[alias - 1];
      if (topic === undefined) packet.fail(ReasonCode.PROTOCOL_ERROR);
      else {
        packet.topicBytes = topic;
        packet.topicStart = 0;
        packet.topicEnd = topic.length;
      }
    }
  }
}

const NOTHING = new Uint8Array(0);

/**
 * Topic Aliases of publications that are used more than once, given by themselves: the least recently used makes room. One
 * connection's; the server's Topic Alias Maximum is kept.
 */
export class OutgoingAliases {
  /** How many aliases may be in use. */
  readonly #maximum: number;
  readonly #publications: (Publication | undefined)[] = [];
  readonly #lastUses: number[] = [];
  #uses = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** The alias that the server knows for a publication, or 0. */
  known(publication: Publication): number {
    const index = this.#publications.indexOf(publication);
    if (index >= 0) this.#lastUses[index] = ++this.#uses;
    return index + 1;
  }

  /** The alias that the next {@link assign} will give, or 0 for none. */
  next(): number {
    if (this.#publications.length < this.#maximum) return this.#publications.length + 1;
    let oldest = 0;
    for (let i = 1; i < this.#lastUses.length; i++) if ((this.#lastUses[i] ?? 0) < (this.#lastUses[oldest] ?? 0)) oldest = i;
    return this.#maximum === 0 ? 0 : oldest + 1;
  }

  /** The topic of a publication was sent with this alias. */
  assign(publication: Publication | undefined, alias: number): void {
    // One of the application's own choice, beyond those that are given here.
    if (alias > this.#maximum) return;
    // It may leave a gap, too.
    while (this.#publications.length < alias - 1) {
      this.#publications.push(undefined);
      this.#lastUses.push(0);
    }
    this.#publications[alias - 1] = publication;
    this.#lastUses[alias - 1] = ++this.#uses;
  }
}
