import { ok } from "node:assert/strict";
import type { Transport } from "../../../src/protocol/connection/sender.js";
import { join } from "./bytes.js";

/** A transport that takes so many bytes until it is drained, and keeps what it took. */
export class FakeTransport implements Transport {
  /** Bytes that it takes now. */
  window: number;
  /** Nothing may be written any more. */
  closed = false;
  /** Whether `write` says how much more it takes, as the standard wants, or nothing, as the SDK's does. */
  tells = true;
  #writes: Uint8Array[] = [];

  constructor(window: number) {
    this.window = window;
  }

  write(data: Uint8Array): number | undefined {
    ok(!this.closed, "nothing may be written after the end");
    ok(data.length > 0, "an empty write");
    ok(data.length <= this.window, `${data.length} bytes do not fit where ${this.window} do`);
    this.window -= data.length;
    // The sender may use its buffer again.
    this.#writes.push(data.slice());
    return this.tells ? this.window : undefined;
  }

  /** Room for so many bytes more. */
  drain(count: number): void {
    this.window += count;
  }

  /** The bytes of each write since the last call. */
  takeWrites(): Uint8Array[] {
    const writes = this.#writes;
    this.#writes = [];
    return writes;
  }

  /** All bytes since the last call. */
  take(): Uint8Array {
    return join(...this.takeWrites());
  }
}
