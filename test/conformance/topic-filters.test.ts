/** Topic Filters, those of shared subscriptions too: what a client may ask for (MQTT 5.0, 4.7, 4.8.2). */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { MqttError } from "../../src/protocol/error.js";
import { mqttError } from "../protocol/support/encoding.js";
import { hex } from "../protocol/support/bytes.js";
import { encodeUtf8 } from "../../src/protocol/codec/utf8.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established } from "./established.js";

const CALLS = ["subscribe", "unsubscribe"] as const;

/** Asks for a filter at the core. */
function ask(broker: ScriptedBroker, call: (typeof CALLS)[number], filter: string): number {
  const { client, now } = broker;
  return call === "subscribe" ? client.subscribe([{ filter }], undefined, now) : client.unsubscribe([filter], undefined, now);
}

/** The filter goes out as it is, in SUBSCRIBE and UNSUBSCRIBE. */
function accepted(filter: string): void {
  const broker = ScriptedBroker.connected();
  const encoded = encodeUtf8(filter);
  const length = (add: number): string => hex(Uint8Array.of(add + encoded.length, 0));
  for (const call of CALLS) equal(ask(broker, call, filter) > 0, true);
  const counted = hex(Uint8Array.of(0, encoded.length, ...encoded));
  broker.expect("82", length(6).slice(0, 2), "00 01 00", counted, "00", "A2", length(5).slice(0, 2), "00 02 00", counted);
}

/** The core refuses the filter as its caller's mistake. @returns its errors. */
function refusedByCore(filter: string): MqttError[] {
  const broker = ScriptedBroker.connected({ sendBuffer: 70_000 });
  const errors = CALLS.map((call) => mqttError(() => ask(broker, call, filter)));
  deepEqual(errors.map(({ kind }) => kind), ["configuration", "configuration"]);
  broker.expectNothing();
  equal(broker.session.outgoing.count, 0);
  return errors;
}

/** The client refuses the filter before anything is sent, and the next subscription goes on. */
async function refused(t: TestContext, filter: string): Promise<void> {
  refusedByCore(filter);
  const { client, link } = await established(t);
  await rejects(client.subscribe(filter, () => undefined), { name: "MqttError", kind: "configuration" });
  const call = client.subscribe("b", () => undefined);
  const { messageId, subscriptions } = await link.nextIs("subscribe");
  deepEqual((subscriptions as { topic: string }[]).map(({ topic }) => topic), ["b"]);
  link.sendBytes(Uint8Array.of(0x90, 4, 0, Number(messageId), 0, 0));
  equal(await call, 0);
}

for (const filter of ["#", "a/#", "/#", "a/b/#", "+/#", "$SYS/#", "$share/g/#", "$share/g/a/#"]) test(`[MQTT-4.7.1-1] "${filter}" is a filter: # alone or last behind a separator`, () => accepted(filter));

for (const filter of ["a#", "a/#/b", "##", "#/", "#a", "a/#b", "a/b#", "+#", "#/#", "$share/g/a#", "$share/g/#/a"])
  test(`[MQTT-4.7.1-1] "${filter}" is refused: # stands last, alone or behind a separator`, (t) => refused(t, filter));

for (const filter of ["+", "+/a/+", "/+", "+/", "+/+", "a/+/b", "$share/g/+", "$share/g/+/a"]) test(`[MQTT-4.7.1-2] "${filter}" is a filter: + fills levels`, () => accepted(filter));

for (const filter of ["a+", "a/+b", "+a", "a/b+/c", "++", "a/++", "$share/g/a+", "$share/g/+a"])
  test(`[MQTT-4.7.1-2] "${filter}" is refused: + fills a level`, (t) => refused(t, filter));

test("[MQTT-4.7.3-1] the empty filter is refused", (t) => refused(t, ""));

test("[MQTT-4.7.3-1] one character is enough for a filter, a lone separator or a space too", () => {
  for (const filter of ["a", "/", " "]) accepted(filter);
});

for (const filter of ["\0", "a\0", "a/\0/#", "$share/\0/a", "$share/g/\0"]) test(`[MQTT-4.7.3-2] ${JSON.stringify(filter)} is refused: it has a NUL`, (t) => refused(t, filter));

test("[MQTT-4.7.3-3] a filter of 65535 bytes can be asked for, one more is refused, whatever its characters take", () => {
  for (const filter of ["a".repeat(65_535), `a${"ä".repeat(32_767)}`, "€".repeat(21_845), `$share/g/${"a".repeat(65_526)}`]) {
    for (const call of CALLS) {
      const broker = ScriptedBroker.connected({ sendBuffer: 70_000 });
      equal(ask(broker, call, filter), 1);
      const sent = broker.transport.take();
      equal(hex(sent.subarray(4, 9)), "00 01 00 FF FF");
      equal(sent.length, 9 + 65_535 + (call === "subscribe" ? 1 : 0));
    }
    for (const { message } of refusedByCore(`${filter}a`)) equal(message, "topic filter must be at most 65535 bytes long");
  }
});

test("[MQTT-4.7.3-3] the client refuses a filter of more than 65535 bytes", (t) => refused(t, "ä".repeat(32_768)));

test("[MQTT-4.8.2-1] a shared filter begins with $share/ and a share name", () => {
  for (const filter of ["$share/g/t", "$share/g h/t", "$share/ä/t", "$share/g//"]) accepted(filter);
});

for (const filter of ["$share//t", "$share/", "$share//", "$share///t"]) test(`[MQTT-4.8.2-1] "${filter}" is refused: the share name is missing`, (t) => refused(t, filter));

test("[MQTT-4.8.2-1] what only looks like a share is an ordinary filter", () => {
  for (const filter of ["$share", "$Share/g", "$shared/g", "a/$share/", "$queue/t"]) accepted(filter);
});

for (const filter of ["$share/g", "$share/g/", "$share/g+/t", "$share/#/t", "$share/+/t", "$share/g#/t", "$share/#", "$share/+"])
  test(`[MQTT-4.8.2-2] "${filter}" is refused: a share name has no wildcard, and / and a filter behind it`, (t) => refused(t, filter));

test("[MQTT-4.8.2-2] behind the share name any filter may stand", () => {
  for (const filter of ["$share/g/#", "$share/g/+/a", "$share/g//a", "$share/g/a/#", "$share/g/$SYS/x"]) accepted(filter);
});

/** Which of these filters' handlers hear a message to the topic. */
async function heard(t: TestContext, topic: string, filters: readonly string[]): Promise<string[]> {
  const { client, link } = await established(t);
  const got: string[] = [];
  for (const filter of filters) {
    const call = client.subscribe(filter, () => void got.push(filter));
    const { messageId } = await link.nextIs("subscribe");
    link.sendBytes(Uint8Array.of(0x90, 4, 0, Number(messageId), 0, 0));
    await call;
  }
  const name = encodeUtf8(topic);
  link.sendBytes(Uint8Array.of(0x32, name.length + 5, 0, name.length, ...name, 0, 1, 0));
  await link.expect("40 02 00 01");
  return got;
}

test("[MQTT-4.7.2-1] what a server sends from $ topics reaches no handler whose filter begins with a wildcard", async (t) => {
  deepEqual(await heard(t, "$SYS/x", ["#", "+/x", "+/#", "$share/g/#", "$SYS/#", "$SYS/+"]), ["$SYS/#", "$SYS/+"]);
});

test("[MQTT-4.7.3-4] handlers are matched byte by byte: case, empty levels, spaces and the form of a letter count", async (t) => {
  deepEqual(await heard(t, "A/å", ["A/å", "a/å", "A/Å", "A/a\u030a", "/A/å", "A/å/", "A//å", "A/ å", "+/å", "A/+"]), ["A/å", "+/å", "A/+"]);
});
