import { equal, ok } from "node:assert/strict";
import type { TestContext } from "node:test";
import { report } from "../../src/client/report.js";
import type { ReportMessage, ReportOptions } from "../../src/client/report-options.js";
import { MqttError } from "../../src/protocol/error.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork, type FakeSocket } from "./fake-network.js";

/** CONNECT with default options. */
export const CONNECT = "10 0D 00 04 'MQTT' 05 02 00 1E 00 00 00";
/** CONNACK of a broker without limits. */
export const CONNACK = "20 03 00 00 00";
/** DISCONNECT after a report. */
export const DISCONNECT = "E0 00";

/** One report over a network and a clock that the test moves. */
export class Attempt {
  readonly clock: FakeClock;
  readonly network = new FakeNetwork();
  readonly done: Promise<void>;

  constructor(test: TestContext, messages: readonly ReportMessage[], options: ReportOptions = {}) {
    this.clock = new FakeClock(test);
    this.done = report({ host: "192.0.2.1", ...this.network.provider, ...options }, messages);
    // Whether it was looked at in time is seen by the test.
    this.done.catch(() => undefined);
  }

  get socket(): FakeSocket {
    return this.network.socket;
  }

  /** What was written since the last time, all in one. */
  written(): string {
    return this.socket.taken().join(" ");
  }

  /** Exactly this was written since the last time. */
  wrote(...lines: readonly string[]): void {
    equal(this.written(), hex(bytes(...lines)));
  }

  /** It succeeds and leaves nothing behind. */
  async succeeds(): Promise<void> {
    await this.done;
    this.#released();
  }

  /** It fails and leaves nothing behind. @returns kind, reason code and message. */
  async fails(): Promise<MqttError> {
    const error: unknown = await this.done.then(() => undefined, (reason: unknown) => reason);
    ok(error instanceof MqttError, String(error));
    this.#released();
    return error;
  }

  #released(): void {
    equal(this.network.open, 0);
    equal(this.clock.timers, 0);
  }
}
