import type { PreparedTopic } from "../../src/client/options.js";
import type { Journal } from "../../src/storage/journal.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";
import type { Outgoing, OutgoingLedger } from "./outgoing-ledger.js";
import { must } from "./violation.js";
import type { World } from "./world.js";

/** Where readings go. */
export const READINGS = "log";

const LENGTH = 8;

/** When the simulation begins, in milliseconds since 1970. */
const EPOCH = 1_800_000_000_123;

/** Sends the readings of a telemetry log as an application does, and knows which have to be in it. */
export class Readings {
  private readonly world: World;
  private readonly ledger: OutgoingLedger;
  /** Readings in their order, of all starts; those before `first` are done or dropped. */
  private readonly all: Outgoing[] = [];
  private first = 0;
  private dropped = 0;
  /** What the log calls each. */
  private readonly numbers = new Map<Outgoing, number>();
  private log: TelemetryLog | undefined;
  private topic: PreparedTopic | undefined;
  /** The reading that the client had no room for. */
  private refused: Uint8Array | undefined;
  private underWay = 0;
  private failed = false;
  /** The reading that is being put into the log: after a power cut it may be there or not. */
  private appending: Outgoing | undefined;

  constructor(world: World, ledger: OutgoingLedger) {
    this.world = world;
    this.ledger = ledger;
  }

  /** Readings that are not done. */
  get count(): number {
    return this.log?.count ?? 0;
  }

  /**
   * The device has started: what is in its log has to be what was put there and is not done.
   * @param torn whether the power went during a write.
   */
  start(journal: Journal, topic: PreparedTopic, torn: boolean): void {
    const log = (this.log = new TelemetryLog(journal));
    const found: Outgoing[] = [];
    while (log.next()) {
      const message = this.ledger.find(log.read());
      must(message.time === log.time, () => `reading ${message.tag} has another time`);
      found.push(message);
      this.numbers.set(message, log.number);
    }
    this.drop(log);
    const kept = this.all.slice(this.first);
    const [oldest] = found;
    // The call in which the power went may have come through: it takes one away at the front, or more where it marks several, or adds one.
    const gone = oldest === undefined ? kept.length : kept.indexOf(oldest);
    const expected = kept.slice(Math.max(gone, 0));
    must(gone >= 0 && (gone === 0 || torn) && kept.slice(0, gone).every((message) => message.arrivals > 0 || message === this.appending), () => `lost: readings before ${oldest?.tag ?? -1}`);
    const last = kept.at(-1);
    must(found.length === expected.length || (last !== undefined && last === this.appending && found.length === expected.length - 1), () => `lost: ${expected.length} readings were taken, ${found.length} are there`);
    must(found.every((message, i) => message === expected[i]), () => "readings are out of order");
    this.all.splice(this.first, kept.length, ...found);
    this.appending = undefined;
    log.rewind();
    this.topic = topic;
    this.refused = undefined;
    this.underWay = 0;
    this.failed = false;
  }

  /** What had to make room is not expected any more. */
  private drop(log: TelemetryLog): void {
    const count = log.dropped - this.dropped;
    this.dropped = log.dropped;
    this.first += count;
    if (count > 0) this.world.count("told: readings dropped from a full log", count);
  }

  /** Takes a reading. */
  append(boot: number): void {
    const { log, world } = this;
    if (log === undefined) return;
    const message = this.ledger.offer(READINGS, 1, false, LENGTH, boot);
    message.time = EPOCH + world.clock.now;
    this.appending = message;
    this.all.push(message);
    this.numbers.set(message, log.append(message.time, message.payload));
    this.appending = undefined;
    world.count("readings");
    world.note(() => `device: reading ${message.tag}`);
    this.drop(log);
  }

  /** Sends as many as the client takes. */
  send(): void {
    const { log, topic } = this;
    if (log === undefined || topic === undefined) return;
    if (this.failed) {
      if (this.underWay > 0) return;
      this.failed = false;
      this.refused = undefined;
      log.rewind();
    }
    while (this.refused !== undefined || log.next()) {
      const payload = this.refused ?? log.read().slice();
      this.refused = payload;
      if (!topic.publish(payload)) return;
      this.refused = undefined;
      this.underWay++;
    }
  }

  /** The client is done with one. */
  settled(reasonCode: number, payload: Uint8Array): void {
    const { log } = this;
    const message = this.ledger.find(payload);
    const index = this.all.indexOf(message);
    this.underWay--;
    // Those behind it are sent again with it.
    if (reasonCode >= 0x80) this.failed = true;
    if (this.failed || log === undefined) return;
    must(message.arrivals > 0, () => `reading ${message.tag} ended, and did not arrive`);
    // Any write may have made some make room since.
    this.drop(log);
    log.done(this.numbers.get(message) ?? 0);
    this.first = Math.max(this.first, index + 1);
  }
}
