import { encodeUtf8, readUtf8 } from "../protocol/codec/utf8.js";
import type { FlashPartition } from "../storage/flash.js";
import { Journal } from "../storage/journal.js";
import { isFlashFailure } from "../storage/medium.js";
import { SessionStore } from "../storage/session-store.js";
import { TelemetryLog } from "../storage/telemetry-log.js";
import { earliestTime } from "./clock.js";

/** Readings that are under way at once: as many as the client has in flight. */
const UNDER_WAY = 4;

/** What a node keeps on flash: its session, and readings taken while there is no connection. */
export class NodeStorage {
  /** For the client's option `storage`. */
  readonly session: SessionStore;
  private readonly flash: FlashPartition;
  private readonly journal: Journal;
  private readonly log: TelemetryLog;
  private told = false;
  /** Why readings cannot be kept, as it was last reported. */
  private failure = "";
  private sending = false;

  /** Reads what is on flash and writes nothing. @throws MqttError (configuration) for a partition that cannot be used. */
  constructor(flash: FlashPartition) {
    // The session, its subscription and received identifiers; nothing that the node publishes is kept as a publication.
    const journal = this.journal = new Journal(flash, { liveRecords: 6 });
    this.flash = flash;
    this.session = new SessionStore(journal);
    this.log = new TelemetryLog(journal);
  }

  /**
   * The session cannot be taken up. Unless the flash itself has failed it would be so at each start: erases everything, so that the next one
   * finds a blank partition.
   */
  giveUp(error: unknown): void {
    if (isFlashFailure(error)) return;
    for (let block = this.flash.status().blocks; block-- > 0; ) this.flash.eraseBlock(block);
  }

  /**
   * What is to be told at a connection, as JSON: at the first what the start has found, later only readings that wait.
   * @returns undefined where there is nothing to tell.
   */
  report(): string | undefined {
    const { count, dropped } = this.log;
    const { kept, damaged, foreign } = this.journal.recovered;
    const found = this.told ? "" : `"kept":${kept},"damaged":${damaged},"foreign":${String(foreign)},`;
    if (this.told && count === 0) return undefined;
    this.told = true;
    return `{${found}"readings":${count},"dropped":${dropped}}`;
  }

  /**
   * Keeps readings for the next connection; when there is no room the oldest ones give way, and are counted.
   * @param time when they were taken, in milliseconds since 1970.
   * @param reading the sensor's name, `/` and the members of the telemetry's JSON object.
   * @param report is told why one cannot be kept, once for each reason.
   * @returns whether it is kept.
   */
  keep(time: number, reading: string, report: (error: unknown) => void): boolean {
    try {
      this.log.append(time, encodeUtf8(reading));
      this.failure = "";
      return true;
    } catch (error) {
      const failure = isFlashFailure(error) ? "flash" : String(error);
      if (failure !== this.failure) report(error);
      this.failure = failure;
      return false;
    }
  }

  /**
   * Sends what is kept, oldest first, some at a time. What was not acknowledged when it ends early comes again at the next call.
   * @param publish sends a message of a sensor. @returns whether it has arrived.
   */
  async send(publish: (sensor: string, payload: string) => Promise<boolean>): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    const { log } = this;
    log.rewind();
    try {
      for (;;) {
        const underWay: Promise<boolean>[] = [];
        while (underWay.length < UNDER_WAY && log.next()) underWay.push(this.sendReading(publish));
        const last = log.number;
        if (underWay.length === 0 || !(await Promise.all(underWay)).every((arrived) => arrived)) return;
        log.done(last);
      }
    } finally {
      this.sending = false;
    }
  }

  /** Sends the reading in hand as a telemetry message: without `uptime`, and without `time` where nobody had set the clock. */
  private sendReading(publish: (sensor: string, payload: string) => Promise<boolean>): Promise<boolean> {
    const { log } = this;
    const bytes = log.read();
    const reading = readUtf8(bytes, 0, bytes.length);
    // Names are levels of topics: there is none with a slash.
    const end = reading.indexOf("/");
    const time = log.time < earliestTime ? "" : `"time":${Math.floor(log.time / 1000)},`;
    return publish(reading.slice(0, end), `{${time}${reading.slice(end + 1)}}`);
  }
}

/** Opens a node's storage. @returns undefined without a partition, or with one that cannot be used, which is reported. */
export function openStorage(openFlash: (() => FlashPartition) | undefined, report: (error: unknown) => void): NodeStorage | undefined {
  try {
    return openFlash && new NodeStorage(openFlash());
  } catch (error) {
    report(error);
    return undefined;
  }
}
