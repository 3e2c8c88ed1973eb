import { encodeUtf8, readUtf8 } from "../protocol/codec/utf8.js";
import { MqttError } from "../protocol/error.js";
import type { SubscriptionStorage, SubscriptionTerms } from "../protocol/session/session-storage.js";
import type { Journal } from "./journal.js";
import { Name, RecordType } from "./layout.js";
import { dataLength } from "./medium.js";

const TYPE = RecordType.SUBSCRIPTION;

/** Key of the record that stands while a CONNECT is not answered. */
const DOUBT = 0;

interface Entry {
  readonly key: number;
  readonly filter: string;
  /** Granted QoS and terms; empty where the server may hold it in another way, or not at all. */
  readonly grant: string;
}

/**
 * Which subscriptions a server holds, in a journal: a record each, of the text `<granted QoS><terms>:<filter>`, or `:<filter>` where that is not
 * certain. Nothing here is worth a connection: what cannot be written costs a SUBSCRIBE at the next start.
 */
export class KeptSubscriptions implements SubscriptionStorage {
  protected readonly journal: Journal;
  /** A CONNECT was not answered, or its answer could not be noted: the server may have begun a new session since. */
  private doubtful?: boolean;

  constructor(journal: Journal) {
    this.journal = journal;
  }

  connecting(): void {
    this.doubtful = this.journal.live.find((TYPE << Name.TYPE) | DOUBT) >= 0;
    if (!this.doubtful && this.entries().some(({ grant }) => grant !== "")) this.write(DOUBT, "");
  }

  connected(resumed: boolean): void {
    const doubtful = this.doubtful;
    this.doubtful = true;
    // In this order: a cut on the way leaves the doubt.
    const noted = this.entries().every(({ key, filter }) => (resumed ? !doubtful || this.write(key, `:${filter}`) : this.end(key)));
    if (noted && this.end(DOUBT)) this.doubtful = false;
  }

  asking(filter: string, terms: SubscriptionTerms | undefined, version: 4 | 5): number {
    const grant = this.entries().find((entry) => entry.filter === filter)?.grant;
    if (grant && !this.doubtful && grant.slice(1) === textOf(terms, version)) return Number(grant[0]);
    if (grant !== "") this.write(this.keyOf(filter), `:${filter}`);
    return -1;
  }

  answered(filter: string, terms: SubscriptionTerms | undefined, version: 4 | 5, qos: number): void {
    const key = this.keyOf(filter);
    const text = textOf(terms, version);
    if (terms === undefined) this.end(key);
    else if (text !== undefined) this.write(key, `${qos}${text}:${filter}`);
  }

  others(wanted: readonly { readonly filter: string }[]): string[] {
    return this.entries().map(({ filter }) => filter).filter((filter) => wanted.every((other) => other.filter !== filter));
  }

  private entries(): Entry[] {
    const { journal } = this;
    const { live } = journal;
    const entries: Entry[] = [];
    for (let i = 0; i < live.count; i++) {
      const name = live.name(i);
      const length = dataLength(name);
      if (name >> Name.TYPE !== TYPE || length === 0) continue;
      const text = readUtf8(journal.read(live.id(i), 0, length).slice(), 0, length);
      const end = text.indexOf(":");
      entries.push({ key: name & Name.KEY, filter: text.slice(end + 1), grant: text.slice(0, end) });
    }
    return entries;
  }

  /** The key of a filter's record, or a free one. */
  private keyOf(filter: string): number {
    const entries = this.entries();
    let key = entries.find((entry) => entry.filter === filter)?.key ?? 0;
    while (key === 0 || entries.some((entry) => entry.key === key && entry.filter !== filter)) key++;
    return key;
  }

  /** @returns false when it cannot be kept. */
  private write(key: number, text: string): boolean {
    const { journal } = this;
    const bytes = encodeUtf8(text);
    return attempt(() => {
      const at = journal.begin(TYPE, key, bytes.length);
      journal.medium.bytes.set(bytes, at);
      journal.commit();
    });
  }

  /** @returns false when its end cannot be noted. */
  private end(key: number): boolean {
    return attempt(() => this.journal.done(TYPE, key));
  }
}

/**
 * On what terms a server that holds a subscription need not be told again; undefined where a SUBSCRIBE does more: it has retained messages sent, as it
 * always does in MQTT 3.1.1, or carries User Properties.
 */
function textOf(terms: SubscriptionTerms | undefined, version: 4 | 5): string | undefined {
  if (version === 4 || !terms?.retainHandling || terms.properties?.userProperty !== undefined) return undefined;
  const { qos = 0, noLocal, retainAsPublished, properties } = terms;
  return `${qos + (noLocal ? 4 : 0) + (retainAsPublished ? 8 : 0)},${properties?.subscriptionIdentifier ?? 0}`;
}

/** @returns false when there is no room or flash fails. */
function attempt(note: () => unknown): boolean {
  try {
    note();
    return true;
  } catch (error) {
    if (!(error instanceof MqttError)) throw error;
    return false;
  }
}
