/** The host's own sockets call back by a shorter way than others do, and take what is published in two writes: nothing else may differ. */
import fc from "fast-check";
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../src/client/client.js";
import type { Client, Message } from "../../src/client/options.js";
import { bytes, hex, pattern } from "../protocol/support/bytes.js";
import { chunks } from "../protocol/support/feeding.js";
import { changed, changes, LONG, stream, TOPIC } from "../protocol/support/server-streams.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork } from "./fake-network.js";

/** What is published: at which QoS, or as a stream. */
type What = 0 | 1 | 2 | "stream";

/** A client with what is told, and what it sends in between. */
class Subject {
  readonly log: string[] = [];
  readonly #network = new FakeNetwork();
  readonly #client: Client;
  /** Handlers that take their time. */
  #waiting: (() => void)[] = [];

  /** @param host whether its sockets are the host's. */
  constructor(clock: FakeClock, host: boolean, version: 4 | 5, early: readonly (1 | 2)[]) {
    const note = this.#note.bind(this);
    this.#client = connect({
      host: "192.0.2.1", ...this.#network.provider, id: "c", version, receiveBuffer: 200, sendBuffer: 64, keepAlive: 0, reconnect: false, properties: { receiveMaximum: 4 },
      onError: ({ message }) => note(`error: ${message}`),
      onDisconnected: ({ message }) => note(`disconnected: ${message}`),
    });
    this.#network.asHost(host, () => { clock.advance(0); });
    this.#network.socket.writable();
    this.#receive(bytes(version === 5 ? "20 03 00 00 00" : "20 02 00 00"));
    for (const qos of early) this.#publish(qos);
    [TOPIC, LONG].forEach((topic, index) => {
      void this.#client.subscribe(topic, { qos: 2, pieces: topic === TOPIC }, (message) => this.#look(message)).catch(() => note(`refused: ${topic}`));
      this.#receive(bytes(`90 0${version - 1} 00 0${2 * early.length + index + 1} ${version === 5 ? "00 " : ""}02`));
    });
  }

  /** The server sends this, in these parts; behind each there is so much room, and something is published. */
  async take(parts: readonly Uint8Array[], room: readonly number[], published: readonly What[]): Promise<readonly string[]> {
    const { socket } = this.#network;
    for (const [index, part] of parts.entries()) {
      this.#receive(part);
      if (!socket.closed) socket.writable(room[index % room.length] ?? 0);
      this.#note("room");
      const what = published[index % published.length] ?? 0;
      if (index % 3 === 0) {
        if (what === "stream") this.#stream();
        else this.#publish(what);
      }
      for (const finish of this.#waiting.splice(0)) finish();
      await new Promise(setImmediate);
      this.#note("turn");
    }
    await this.#client.close();
    this.#note("end");
    return this.log;
  }

  #publish(qos: 0 | 1 | 2): void {
    const topic = this.#client.topic("a", { qos, onSettled: (reasonCode) => this.#note(`settled ${qos} ${reasonCode}`) });
    // By the short way too, which begins with the second.
    for (let count = 0; count < 2; count++) this.#note(`published ${qos} ${topic.publish(bytes("'x'"))}`);
  }

  /** More than the send buffer takes. */
  #stream(): void {
    const payload = pattern(300);
    const topic = this.#client.topic("b", { qos: 1, onSettled: (reasonCode) => this.#note(`streamed ${reasonCode}`) });
    this.#note(`streaming ${topic.stream({ byteLength: payload.length, read: (offset, count) => payload.subarray(offset, offset + Math.min(count, 50)) })}`);
  }

  #receive(data: Uint8Array): void {
    const { socket } = this.#network;
    if (!socket.closed) socket.receiveBytes(data);
    this.#note("received");
  }

  #note(line: string): void {
    const sent = this.#network.sockets.flatMap((socket) => socket.taken()).join(" ");
    if (sent !== "") this.log.push(`sent ${sent}`);
    this.log.push(line);
  }

  /** What the first byte of a payload wants. */
  #look(message: Message): Promise<void> | undefined {
    this.#note(`${message.topic}: ${message.qos} ${message.offset} ${message.more} ${hex(message.payload)}`);
    const wish = message.start < message.end ? message.bytes[message.start] : 0;
    if (wish === 1) return new Promise((resolve) => this.#waiting.push(resolve));
    if (wish === 2) this.#publish(1);
    if (wish === 3) throw new Error("wanted");
    if (wish === 4) void this.#client.close();
    return undefined;
  }
}

test("what a client tells and sends is the same over the host's socket as over another, whatever comes, in any parts", async (t) => {
  const clock = new FakeClock(t);
  const what = fc.constantFrom<What[]>(0, 1, 2, "stream");
  await fc.assert(
    fc.asyncProperty(
      stream, changes, fc.array(fc.oneof(fc.constant(200), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 8 }), fc.array(fc.constantFrom(1000, 1000, 160, 110, 60, 8, 4, 0), { minLength: 1, maxLength: 4 }),
      fc.array(fc.constantFrom<(1 | 2)[]>(1, 2), { maxLength: 2 }), fc.array(what, { minLength: 1, maxLength: 3 }), fc.constantFrom<(4 | 5)[]>(5, 5, 5, 4),
      async (data, changes, lengths, room, early, published, version) => {
        const parts = chunks(changed(data, changes), ...lengths);
        const [host, other] = await Promise.all([true, false].map((host) => new Subject(clock, host, version, early).take(parts, room, published)));
        deepEqual(host, other);
      },
    ),
    { numRuns: 1000 },
  );
});
