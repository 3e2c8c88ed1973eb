import { deepEqual, equal, ok } from "node:assert/strict";
import { suite, test } from "node:test";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import { bytes, hex, join, pattern } from "../support/bytes.js";
import { LASTING, ScriptedBroker, type ScriptOptions } from "../support/scripted-broker.js";

/** Publishes these, each as soon as it is taken. */
function publishAll(broker: ScriptedBroker, list: readonly (readonly [Publication, Uint8Array])[]): void {
  let next = 0;
  broker.whenWritable = (): void => {
    for (let item = list[next]; item !== undefined; item = list[next]) {
      if (broker.client.publish(...item, false, broker.now) === Published.BLOCKED) return;
      next++;
    }
  };
  broker.whenWritable();
}

/** Drains step by step, until so many bytes were sent, a transport that never takes more than `window`. @returns the bytes. */
function drainAll(broker: ScriptedBroker, window: number, step: number, count: number): Uint8Array {
  let sent = broker.transport.take();
  for (let i = 0; sent.length < count; i++) {
    ok(i < 1000, `stuck after ${sent.length} of ${count} bytes`);
    broker.drain(Math.min(step, window - broker.transport.window));
    sent = join(sent, broker.transport.take());
  }
  return sent;
}

suite("a transport that takes little", () => {
  const topics = ["a", "b", "c", "d"].map((topic, i) => new Publication(topic, i % 3, false));
  const list = topics.map((publication, i) => [publication, pattern(5 * i)] as const);
  /** With identifiers of 0, which attempts that found no room have made any number. */
  const expected = bytes(
    "30 04 00 01 'a' 00",
    "32 0B 00 01 'b' 00 00 00 00 01 02 03 04",
    "34 10 00 01 'c' 00 00 00 00 01 02 03 04 05 06 07 08 09",
    "30 13 00 01 'd' 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E",
  );

  const withoutIdentifiers = (sent: Uint8Array): string => {
    for (const at of [11, 24]) {
      ok((sent[at] ?? 0) + (sent[at + 1] ?? 0) > 0);
      sent.fill(0, at, at + 2);
    }
    return hex(sent);
  };

  test("gets everything, in order and in one piece, however much it takes at once", () => {
    // The longest header has 8 bytes: a transport that takes fewer would never get it.
    for (let window = 8; window <= expected.length; window++)
      for (const tells of [true, false]) {
        const broker = ScriptedBroker.connected({ window });
        broker.transport.tells = tells;
        publishAll(broker, list);
        equal(withoutIdentifiers(drainAll(broker, window, window, expected.length)), hex(expected), `${window} bytes at once`);
      }
  });

  test("gets everything when it is drained byte by byte", () => {
    for (const sendBuffer of [16, 20, 64]) {
      const broker = ScriptedBroker.connected({ window: 21, sendBuffer });
      publishAll(broker, list);
      equal(withoutIdentifiers(drainAll(broker, 21, 1, expected.length)), hex(expected));
    }
  });

  test("gets a packet in one write when it ever took as much", () => {
    const broker = ScriptedBroker.connected({ window: 18 });
    publishAll(broker, list.slice(0, 3));
    const lengths = broker.transport.takeWrites().map((each) => each.length);
    for (let i = 0; i < 40; i++) {
      broker.drain(1);
      lengths.push(...broker.transport.takeWrites().map((each) => each.length));
    }
    deepEqual(lengths, [6, 13, 18]);
  });

  test("gets a packet longer than it ever took as soon as there is room for the header", () => {
    const broker = ScriptedBroker.connected({ window: 9 });
    broker.publish("x", 0, "01 02");
    equal(broker.publish("a", 0, "01 02 03 04"), Published.BLOCKED);
    broker.expect("30 06 00 01 'x' 00 01 02").drain(5);
    equal(broker.publish("a", 0, "01 02 03 04"), Published.ACCEPTED);
    broker.expect("30 08 00 01 'a' 00").drain(4).expect("01 02 03 04").told("settled a");
  });
});

suite("acknowledgements that the transport does not take", () => {
  const received = bytes("32 06 00 01 'a' 00 01 00", "34 06 00 01 'b' 00 02 00", "32 06 00 01 'c' 00 03 00", "50 02 00 09", "D0 00");
  const answers = "40 02 00 01 50 02 00 02 40 02 00 03 62 03 00 09 92";

  test("go out later: all of them, in order", () => {
    for (let window = 5; window < 24; window++)
      for (const step of [1, 2, 3, 5, 20]) {
        const broker = ScriptedBroker.connected({ window }).replyBytes(received);
        equal(hex(drainAll(broker, window, step, 17)), answers, `window ${window}, step ${step}`);
        broker.drain(100).expectNothing().told("a QoS 1: ", "b QoS 2: ", "c QoS 1: ", "PUBREC 9", "PINGRESP");
      }
  });

  test("never get into the middle of a payload, and go out behind it", () => {
    for (const step of [1, 3, 4, 50]) {
      const broker = ScriptedBroker.connected({ window: 6, sendBuffer: 16 });
      broker.publish("x", 0, pattern(30));
      broker.replyBytes(received);
      equal(hex(drainAll(broker, 6, step, 36 + 17)), hex(join(bytes("30 22 00 01 'x' 00"), pattern(30), bytes(answers))));
    }
  });

  test("go out before what is new, and before what is resent", () => {
    const broker = ScriptedBroker.connected({ ...LASTING, window: 8 });
    broker.publish("a", 1);
    broker.cut().connect({ window: 0 }).accept(true).reply("32 06 00 01 'b' 00 05 00");
    broker.whenWritable = (): void => void broker.publish("c", 0);
    broker.drain(4).expectNothing().drain(1).expect("40 02 00 05").drain(3).expectNothing().drain(4).expect("3A 06 00 01 'a' 00 01 00").drain(2).expectNothing().drain(6);
    broker.expect("30 04 00 01 'c' 00");
  });
});

suite("requests that the transport does not take", () => {
  const options: ScriptOptions = { window: 8 };

  test("are not sent, use up nothing and may be made again", () => {
    const broker = ScriptedBroker.connected(options);
    equal(broker.client.subscribe([{ filter: "a" }], undefined, broker.now), 0);
    equal(broker.session.outgoing.count, 0);
    broker.expectNothing().drain(1);
    const identifier = broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
    broker.expect(`82 07 00 0${identifier} 00 00 01 'a' 00`);
  });

  test("wait while a payload is on its way", () => {
    const broker = ScriptedBroker.connected({ window: 9, sendBuffer: 16 });
    broker.publish("x", 0, pattern(20));
    broker.drain(15);
    equal(broker.client.unsubscribe(["a"], undefined, broker.now), 0);
    broker.drain(20);
    ok(broker.client.unsubscribe(["a"], undefined, broker.now) > 0);
  });
});

suite("room", () => {
  test("is told once all that is due is sent, not before", () => {
    const broker = ScriptedBroker.connected({ window: 6, sendBuffer: 16 });
    broker.publish("x", 0, pattern(20));
    const before = broker.writableCalls;
    broker.drain(10).drain(9);
    equal(broker.writableCalls, before);
    broker.drain(1).told("settled x");
    equal(broker.writableCalls, before + 1);
  });

  test("is not told before CONNACK, nor after the end", () => {
    const broker = new ScriptedBroker().connect();
    broker.client.writable(1000, broker.now);
    equal(broker.writableCalls, 0);
    broker.accept(false).cut().drain(1000);
    equal(broker.writableCalls, 1);
  });

  test("is told when a SUBACK has made some: requests and publications share the table", () => {
    const broker = ScriptedBroker.connected({ inFlight: 1 });
    broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
    equal(broker.publish("a", 1), Published.BLOCKED);
    const before = broker.writableCalls;
    broker.reply("90 04 00 01 00 00");
    equal(broker.writableCalls, before + 1);
    equal(broker.publish("a", 1), Published.ACCEPTED);
  });
});
