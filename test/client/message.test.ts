/** What handlers get, and what their doing means for the acknowledgement. */
import { deepEqual, equal, match, throws } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Client, ConnectOptions, Message, MessageHandler, SubscribeOptions } from "../../src/client/options.js";
import { Subscription } from "../../src/client/subscription.js";
import { bytes, hex, join, pattern } from "../protocol/support/bytes.js";
import { EventQueue } from "./event-queue.js";
import { subject } from "./network.js";
import { ScriptedBroker, type ScriptedLink } from "./scripted-broker.js";

interface Bench {
  readonly client: Client;
  readonly link: ScriptedLink;
  readonly errors: ReturnType<typeof subject>["errors"];
  /** Subscribes; the broker grants it. */
  readonly subscribe: (filter: string, handler: MessageHandler, options?: SubscribeOptions) => Promise<void>;
}

async function bench(t: TestContext, options: ConnectOptions = {}): Promise<Bench> {
  const broker = await ScriptedBroker.start(t);
  const { client, errors } = subject(t, broker.url, options);
  const version = options.version ?? 5;
  const link = await broker.welcome({ version });
  return {
    client, link, errors,
    async subscribe(filter, handler, subscribeOptions = {}) {
      const call = client.subscribe(filter, { qos: 2, ...subscribeOptions }, handler);
      const { messageId } = (await link.nextIs("subscribe")) as unknown as { messageId: number };
      link.sendBytes(Uint8Array.of(0x90, version === 5 ? 4 : 3, 0, messageId, ...(version === 5 ? [0, 2] : [2])));
      await call;
    },
  };
}

/** A PUBLISH at QoS 1 to "a", version 5. */
function large(identifier: number, payload: Uint8Array): Uint8Array {
  const length = payload.length + 6;
  return join(Uint8Array.of(0x32, (length & 0x7f) | 0x80, length >> 7, 0, 1, 0x61, 0, identifier, 0), payload);
}

test("a topic whose bytes are no number, as a delete character before an emoji makes them, has its handler", async (t) => {
  const { link, subscribe } = await bench(t);
  for (const topic of ["\x7f😀abc", "sensor/\x7f😀abc/temperature"]) {
    const got = new EventQueue<string>();
    const text = new TextEncoder().encode(topic);
    const publish = join(Uint8Array.of(0x30, text.length + 3, 0, text.length), text, Uint8Array.of(0));
    await subscribe(topic, (message) => got.push(message.topic));
    // The second might come the short way.
    link.sendBytes(join(publish, publish));
    deepEqual([await got.next(), await got.next()], [topic, topic]);
  }
});

test("so has one whose length makes them none", () => {
  const isComparedAsNumbers = (length: number): boolean => new Subscription("x".repeat(length), {}, () => undefined).topic !== undefined;
  deepEqual([0x7fef, 0x7ff0, 0x7fff, 0x8000].map(isComparedAsNumbers), [true, false, false, false]);
});

test("a message has topic, QoS, flags, payload and properties", async (t) => {
  const { link, subscribe } = await bench(t);
  const got = new EventQueue<unknown>();
  await subscribe("a/#", (message) => {
    const { topic, qos, retain, duplicate, byteLength, offset, more, payload, properties, bytes: buffer, start, end } = message;
    got.push([topic, qos, retain, duplicate, byteLength, offset, more, hex(payload), hex(buffer.subarray(start, end)), properties, message.topicEquals(bytes("'a/b'")), message.topicEquals(bytes("'a/c'"))]);
  });
  link.send("3B 0D 00 03 'a/b' 00 07 02 01 01 'xyz'");
  deepEqual(await got.next(), ["a/b", 1, true, true, 3, 0, false, "78 79 7A", "78 79 7A", { payloadFormatIndicator: 1 }, true, false]);
});

test("text and json decode, and say what is wrong", async (t) => {
  const { link, subscribe } = await bench(t);
  const got = new EventQueue<unknown>();
  await subscribe("json", (message) => got.push(message.json()));
  await subscribe("text", (message) => got.push(message.text()));
  await subscribe("bad", (message) => {
    throws(() => message.text(), { name: "MqttError", kind: "peer", reasonCode: 0x99, message: "the payload on bad is not UTF-8 text" });
    throws(() => message.json(), { name: "MqttError", kind: "peer", reasonCode: 0x99 });
    got.push("bad");
  });
  await subscribe("no", (message) => {
    throws(() => message.json(), { name: "MqttError", kind: "peer", message: "the payload on no is not JSON of at most 32 levels" });
    got.push("no");
  });
  link.send("30 0E 00 04 'json' 00 '{\"a\":1}'", "30 0C 00 04 'text' 00 C3 A4 E2 82 AC");
  link.send("30 07 00 03 'bad' 00 FF", "30 06 00 02 'no' 00 '{'");
  deepEqual([await got.next(), await got.next(), await got.next(), await got.next()], [{ a: 1 }, "ä€", "bad", "no"]);
});

test("a message goes to every handler whose filter matches, and to no other", async (t) => {
  const { link, subscribe } = await bench(t);
  const got: string[] = [];
  for (const filter of ["a/b", "a/+", "#", "+/+", "a", "b/#", "$share/group/a/b"]) await subscribe(filter, () => void got.push(filter));
  link.send("32 08 00 03 'a/b' 00 01 00");
  await link.expect("40 02 00 01");
  deepEqual(got.sort(), ["#", "$share/group/a/b", "+/+", "a/+", "a/b"]);
});

test("a message that nobody wants is acknowledged", async (t) => {
  const { link, subscribe } = await bench(t);
  await subscribe("a", () => undefined);
  link.send("32 06 00 01 'b' 00 01 00");
  await link.expect("40 02 00 01");
});

test("an empty payload, as of a cleared retained message, is a message", async (t) => {
  const { link, subscribe } = await bench(t);
  const got: unknown[] = [];
  await subscribe("a", (message) => void got.push([message.byteLength, message.text()]));
  link.send("32 06 00 01 'a' 00 01 00");
  await link.expect("40 02 00 01");
  deepEqual(got, [[0, ""]]);
});

test("a handler that throws: onError names its filter, the message is refused, the next one comes", async (t) => {
  const { link, errors, subscribe } = await bench(t);
  const got: string[] = [];
  await subscribe("a", (message) => {
    got.push(message.text());
    if (message.text() === "x") throw new Error("broken");
  });
  link.send("32 07 00 01 'a' 00 01 00 'x'", "32 07 00 01 'a' 00 02 00 'y'", "34 07 00 01 'a' 00 03 00 'x'");
  await link.expect("40 03 00 01 80");
  await link.expect("40 02 00 02");
  await link.expect("50 03 00 03 80");
  const error = await errors.next();
  deepEqual([error.kind, error.message], ["configuration", 'a handler of "a" failed: broken']);
  deepEqual(got, ["x", "y", "x"]);
});

test("in 3.1.1, which has no refusal, a handler that throws does not keep the acknowledgement", async (t) => {
  const { link, errors, subscribe } = await bench(t, { version: 4 });
  await subscribe("a", () => {
    throw new Error("broken");
  });
  link.send("32 06 00 01 'a' 00 01 'x'");
  await link.expect("40 02 00 01");
  match((await errors.next()).message, /broken/);
});

test("a promise delays the acknowledgement, and acknowledgements keep the order of arrival", async (t) => {
  const { link, subscribe } = await bench(t);
  const releases: (() => void)[] = [];
  const called = new EventQueue<string>();
  await subscribe("a", (message) => {
    called.push(message.text());
    return new Promise<void>((resolve) => releases.push(resolve));
  });
  await subscribe("b", (message) => called.push(message.text()));
  link.send("32 07 00 01 'a' 00 01 00 '1'", "32 07 00 01 'a' 00 02 00 '2'", "32 07 00 01 'b' 00 03 00 '3'");
  deepEqual([await called.next(), await called.next(), await called.next()], ["1", "2", "3"]);
  releases[1]?.();
  // The connection goes on meanwhile.
  link.send("30 05 00 01 'b' 00 '4'");
  equal(await called.next(), "4");
  deepEqual(link.left, []);
  releases[0]?.();
  await link.expect("40 02 00 01");
  await link.expect("40 02 00 02");
  await link.expect("40 02 00 03");
});

test("a promise that rejects refuses the message, and onError names the handler's own filter", async (t) => {
  const { link, errors, subscribe } = await bench(t);
  const rejections: ((error: Error) => void)[] = [];
  const called = new EventQueue<string>();
  await subscribe("a", (message) => {
    called.push(message.text());
    return new Promise<void>((_, reject) => rejections.push(reject));
  });
  await subscribe("other", (message) => called.push(message.text()));
  link.send("32 07 00 01 'a' 00 01 00 '1'", "30 09 00 05 'other' 00 '2'");
  // Another message is in hand when the promise rejects.
  deepEqual([await called.next(), await called.next()], ["1", "2"]);
  rejections[0]?.(new Error("too late"));
  await link.expect("40 03 00 01 80");
  equal((await errors.next()).message, 'a handler of "a" failed: too late');
});

test("a handler that returns something else is no promise", async (t) => {
  const { link, subscribe } = await bench(t);
  const list: string[] = [];
  const returning = (message: Message): unknown => list.push(message.topic);
  await subscribe("a", returning as MessageHandler);
  link.send("32 07 00 01 'a' 00 01 00 '1'");
  await link.expect("40 02 00 01");
});

test("a large message without pieces is refused with Quota exceeded and reported once", async (t) => {
  const { link, errors, subscribe } = await bench(t);
  let calls = 0;
  await subscribe("a", () => {
    calls++;
  });
  link.sendBytes(large(1, pattern(10_000)));
  await link.expect("40 03 00 01 97");
  const error = await errors.next();
  deepEqual([error.kind, error.reasonCode, error.message], [
    "resource", 0x97, "a message of 10000 bytes on a needs a larger receiveBuffer, or pieces: true",
  ]);
  deepEqual([calls, errors.left], [0, []]);
});

test("with pieces a large message comes whole, in order, and is acknowledged once", async (t) => {
  const { link, subscribe } = await bench(t);
  const payload = pattern(10_000);
  const got = new Uint8Array(payload.length);
  let next = 0;
  const lasts: boolean[] = [];
  await subscribe("a", (message) => {
    equal(message.offset, next);
    equal(message.byteLength, payload.length);
    got.set(message.payload, message.offset);
    next += message.payload.length;
    lasts.push(!message.more);
  }, { pieces: true });
  link.sendBytes(large(1, payload));
  await link.expect("40 02 00 01");
  equal(hex(got), hex(payload));
  deepEqual([lasts.filter(Boolean).length, lasts.at(-1)], [1, true]);
});

test("text of a message in pieces is refused", async (t) => {
  const { link, subscribe } = await bench(t);
  const messages = new EventQueue<string>();
  await subscribe("a", (message) => {
    try {
      message.text();
    } catch (error) {
      messages.push(String(error));
    }
  }, { pieces: true });
  link.sendBytes(large(1, pattern(1000)));
  match(await messages.next(), /pieces/);
});

test("a promise for a piece holds back the next one, and the broker with it", async (t) => {
  const { link, subscribe } = await bench(t);
  const payload = pattern(2000);
  const got: Uint8Array[] = [];
  let inside = 0;
  await subscribe("a", async (message) => {
    equal(inside++, 0);
    const { payload: piece } = message;
    await new Promise(setImmediate);
    // Still there: nothing else was received meanwhile.
    got.push(piece.slice());
    inside--;
  }, { pieces: true });
  link.sendBytes(large(1, payload));
  await link.expect("40 02 00 01");
  equal(hex(join(...got)), hex(payload));
});

test("a failure at any piece refuses the whole message", async (t) => {
  const { link, errors, subscribe } = await bench(t);
  await subscribe("a", (message) => {
    if (message.offset === 0) throw new Error("no room");
  }, { pieces: true });
  link.sendBytes(large(1, pattern(2000)));
  await link.expect("40 03 00 01 80");
  match((await errors.next()).message, /no room/);
  // The next message has a clean slate.
  link.send("32 07 00 01 'b' 00 02 00 '1'");
  await link.expect("40 02 00 02");
});

test("a rejected promise for any piece refuses the whole message", async (t) => {
  const { link, subscribe } = await bench(t);
  await subscribe("a", async (message) => {
    await Promise.resolve();
    if (message.offset === 0) throw new Error("no room");
  }, { pieces: true });
  link.sendBytes(large(1, pattern(2000)));
  await link.expect("40 03 00 01 80");
});

test("a message may come byte by byte", async (t) => {
  const { link, subscribe } = await bench(t);
  const got: string[] = [];
  await subscribe("a", (message) => void got.push(message.text()));
  await link.sendSplit("32 0A 00 01 'a' 00 01 00 'abcd'");
  await link.expect("40 02 00 01");
  deepEqual(got, ["abcd"]);
});

test("Topic Aliases of the broker are resolved", async (t) => {
  const { link, subscribe } = await bench(t, { properties: { topicAliasMaximum: 2 } });
  const got: string[] = [];
  await subscribe("#", (message) => void got.push(`${message.topic} ${message.text()}`));
  link.send("30 0A 00 03 'a/b' 03 23 00 01 'x'", "32 09 00 00 00 01 03 23 00 01 'y'");
  await link.expect("40 02 00 01");
  deepEqual(got, ["a/b x", "a/b y"]);
});
