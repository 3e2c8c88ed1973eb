import { deepEqual, equal, match } from "node:assert/strict";
import { suite, test } from "node:test";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { Publication, type PayloadSource } from "../../../src/protocol/session/publication.js";
import { bytes, hex, join, pattern } from "../support/bytes.js";
import { mqttError } from "../support/encoding.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

/** A header that fits a send buffer of 24 bytes, and a payload that does not. */
const HEADER = "30 22 00 01 'a' 00";
const PAYLOAD = pattern(30);

/** Gives at most `most` bytes at a time and notes what it was asked for. */
class Source implements PayloadSource {
  readonly byteLength = PAYLOAD.length;
  readonly calls: string[] = [];
  readonly #most: number;

  constructor(most = 1000) {
    this.#most = most;
  }

  read(offset: number, count: number): Uint8Array {
    this.calls.push(`${offset} ${count}`);
    return PAYLOAD.subarray(offset, offset + Math.min(count, this.#most));
  }
}

const small = (options = {}): ScriptedBroker => ScriptedBroker.connected({ sendBuffer: 24, ...options });

suite("a payload larger than the send buffer", () => {
  test("goes out behind its header, bytes and source alike, and is done at once when there is room", () => {
    for (const payload of [PAYLOAD, new Source()]) {
      const broker = small();
      equal(broker.publish("a", 0, payload), Published.DONE);
      broker.told();
      equal(hex(broker.transport.take()), hex(join(bytes(HEADER), PAYLOAD)));
    }
  });

  test("goes out as the transport takes it, and is settled then", () => {
    for (const payload of [PAYLOAD, new Source()]) {
      const broker = small({ window: 10 });
      equal(broker.publish("a", 0, payload), Published.ACCEPTED);
      broker.expect(HEADER, "00 01 02 03").told().drain(1).expect("04").drain(24).told();
      equal(hex(broker.transport.take()), hex(PAYLOAD.subarray(5, 29)));
      broker.drain(1).expect("1D").told("settled a");
    }
  });

  test("at QoS 1 is settled by its PUBACK only", () => {
    const broker = small();
    equal(broker.publish("a", 1, PAYLOAD), Published.ACCEPTED);
    equal(hex(broker.transport.take()), hex(join(bytes("32 24 00 01 'a' 00 01 00"), PAYLOAD)));
    broker.told().reply("40 02 00 01").told("settled a", "PUBACK 1");
  });

  test("of a source is asked for in order, for as much as the transport takes", () => {
    const source = new Source(), slow = new Source(8);
    const broker = small({ window: 16 });
    broker.publish("a", 0, source);
    broker.drain(5).drain(15);
    deepEqual(source.calls, ["0 10", "10 5", "15 15"]);
    broker.transport.take();
    broker.drain(100).publish("a", 0, slow);
    deepEqual(slow.calls, ["0 30", "8 22", "16 14", "24 6"]);
    equal(hex(broker.transport.take()), hex(join(bytes(HEADER), PAYLOAD)));
  });

  test("keeps every other packet waiting, of whatever kind", () => {
    const broker = small({ window: 10, keepAlive: 60 });
    broker.publish("a", 0, PAYLOAD);
    broker.transport.take();
    equal(broker.publish("b"), Published.BLOCKED);
    equal(broker.client.subscribe([{ filter: "a" }], undefined, broker.now), 0);
    broker.transport.drain(100);
    broker.reply("32 06 00 01 'c' 00 01 00").after(59_000).expectNothing().drain(0);
    equal(hex(broker.transport.take()), hex(join(PAYLOAD.subarray(4), bytes("40 02 00 01"))));
  });

  test("without a byte at the end of a source is a whole packet", () => {
    const broker = small();
    equal(broker.publish("a", 0, { byteLength: 0, read: () => new Uint8Array(0) }), Published.DONE);
    broker.expect("30 04 00 01 'a' 00");
  });

  test("a header that does not fit the send buffer is refused, and the error says what would", () => {
    const broker = small();
    const error = mqttError(() => broker.publish("a-longer-topic-name", 1));
    equal(error.kind, "resource");
    match(error.message, /takes 26 bytes: set sendBuffer to that or more/);
    broker.expectNothing();
    equal(broker.session.outgoing.count, 0);
    equal(ScriptedBroker.connected({ sendBuffer: 35 }).publish("a-longer-topic-name", 1), Published.ACCEPTED);
  });
});

suite("a payload that the end of the connection cuts off", () => {
  test("at QoS 0 is lost, and that is told once", () => {
    const broker = small({ ...LASTING, window: 10 });
    broker.publish("a", 0, PAYLOAD);
    broker.cut().told("settled a 0x80");
    equal(broker.settledError?.message, "cut");
    broker.connect({ window: 100 }).accept(true).expectNothing();
    equal(broker.publish("a"), Published.DONE);
  });

  test("at QoS 0 is lost by a DISCONNECT of either side too", () => {
    const byBroker = small({ window: 10 });
    byBroker.publish("a", 0, PAYLOAD);
    byBroker.reply("E0 01 8B").told("DISCONNECT 0x8b", "settled a 0x8b", "closed peer 0x8b");
    const byClient = small({ window: 10 });
    byClient.publish("a", 0, PAYLOAD);
    byClient.transport.take();
    byClient.transport.drain(100);
    equal(byClient.disconnect(), false);
    byClient.expectNothing().told("settled a 0x80");
  });

  test("at QoS 1 and 2 goes out again, all of it", () => {
    for (const [qos, first] of [[1, "3A"], [2, "3C"]] as const) {
      const source = new Source();
      const broker = small({ ...LASTING, window: 12 });
      broker.publish("a", qos, source);
      broker.cut().told().connect({ window: 100 }).accept(true);
      equal(hex(broker.transport.take()), hex(join(bytes(first, "24 00 01 'a' 00 01 00"), PAYLOAD)));
      deepEqual(source.calls, ["0 4", "0 30"]);
    }
  });

  test("at QoS 1 goes out again as the transport takes it, and what follows behind it", () => {
    const broker = small({ ...LASTING, window: 50 });
    broker.publish("a", 1, PAYLOAD);
    broker.publish("b", 1);
    broker.cut().connect({ window: 8 }).accept(true).expect("3A 24 00 01 'a' 00 01 00").drain(15);
    equal(hex(broker.transport.take()), hex(PAYLOAD.subarray(0, 15)));
    broker.drain(16);
    equal(hex(broker.transport.take()), hex(PAYLOAD.subarray(15)));
    broker.drain(7).expect("3A 06 00 01 'b' 00 02 00");
  });
});

suite("a payload source that fails", () => {
  const failures: readonly (readonly [string, (count: number) => Uint8Array, RegExp])[] = [
    ["throws", (): never => { throw new Error("no file"); }, /payload source failed: Error: no file/],
    ["gives nothing", () => new Uint8Array(0), /must give 1 to \d+ bytes, not 0/],
    ["gives too much", (count) => new Uint8Array(count + 1), /must give 1 to \d+ bytes, not \d+/],
  ];
  /** Works until it is asked for the byte `from`. */
  const failing = (from: number, fail: (count: number) => Uint8Array): PayloadSource => ({
    byteLength: PAYLOAD.length,
    read: (offset, count) => (offset >= from ? fail(count) : PAYLOAD.subarray(offset, Math.min(offset + count, from))),
  });

  for (const [how, fail, message] of failures) {
    test(`${how}: the connection ends, the publication is settled once and not sent again`, () => {
      for (const qos of [0, 1, 2])
        for (const from of [0, 7]) {
          const broker = small(LASTING);
          broker.publish("b", 1);
          equal(broker.publish("a", qos, failing(from, fail)), Published.ACCEPTED);
          broker.told("settled a 0x80", "closed configuration 0x80");
          match(broker.error?.message ?? "", message);
          equal(broker.session.outgoing.count, 1);
          broker.transport.take();
          broker.connect().accept(true).expect("3A 06 00 01 'b' 00 01 00");
        }
    });
  }

  test("later, when the transport takes more", () => {
    const broker = small({ window: 12 });
    broker.publish("a", 1, failing(8, () => new Uint8Array(0)));
    broker.told().drain(10).told("settled a 0x80", "closed configuration 0x80");
  });

  test("when it is sent again", () => {
    let works = true;
    const source: PayloadSource = { byteLength: 30, read: (offset, count) => PAYLOAD.subarray(offset, works ? offset + count : offset) };
    const broker = small(LASTING);
    broker.publish("a", 1, source);
    broker.publish("b", 1);
    works = false;
    broker.cut().connect().accept(true).told("settled a 0x80", "closed configuration 0x80").connect();
    broker.accept(true).expect("3A 06 00 01 'b' 00 02 00");
  });

  test("when it is sent again behind an acknowledgement that made room for it", () => {
    let works = true;
    const source: PayloadSource = { byteLength: 30, read: (offset, count) => PAYLOAD.subarray(offset, works ? offset + count : offset) };
    const broker = small(LASTING);
    broker.publish("b", 1);
    broker.publish("a", 1, source);
    works = false;
    broker.cut().connect().accept(true, "21 00 01").reply("40 02 00 01").told("settled b", "PUBACK 1", "settled a 0x80", "closed configuration 0x80");
  });

  test("takes no other publication of the same topic and payload with it", () => {
    let works = true;
    const source: PayloadSource = { byteLength: 30, read: (offset, count) => PAYLOAD.subarray(offset, works ? offset + count : offset) };
    const publication = new Publication("a", 1, false);
    const broker = small(LASTING);
    broker.publish(publication, 1, source);
    works = false;
    broker.publish(publication, 1, source);
    broker.told("settled a 0x80", "closed configuration 0x80");
    equal(broker.session.outgoing.count, 1);
    equal(broker.session.outgoing.at(0).identifier, 1);
  });

  test("does not get the chance to publish from within", () => {
    const broker = small();
    const source: PayloadSource = {
      byteLength: 30,
      read: (offset, count) => {
        equal(broker.publish("b"), Published.BLOCKED);
        return PAYLOAD.subarray(offset, offset + count);
      },
    };
    equal(broker.publish("a", 0, source), Published.DONE);
    equal(hex(broker.transport.take()), hex(join(bytes(HEADER), PAYLOAD)));
  });
});
