/** Packet Identifiers (MQTT 5.0, 2.2.1). */
import { deepEqual, equal, fail, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { PreparedHeader } from "../../src/protocol/session/prepared-header.js";
import { Publication } from "../../src/protocol/session/publication.js";
import { subject } from "../client/network.js";
import { ScriptedBroker as Broker } from "../client/scripted-broker.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { field, packet } from "./packets.js";

const ignore = (): void => undefined;

test("[MQTT-2.2.1-2] a publication at QoS 0 goes out without a Packet Identifier", () => {
  const broker = ScriptedBroker.connected();
  broker.publish("a", 0, "55");
  broker.expect("30 05", field("'a'"), "00 55");
});

test("[MQTT-2.2.1-2] a publication at QoS 0 whose header is kept goes out without a Packet Identifier", () => {
  const broker = ScriptedBroker.connected();
  const publication = new Publication("a", 0, false);
  for (let time = 0; time < 2; time++) {
    broker.publish(publication, 0, "55");
    broker.expect("30 05", field("'a'"), "00 55");
  }
});

test("[MQTT-2.2.1-2] of a received publication at QoS 0 nothing is taken for a Packet Identifier", () => {
  const broker = ScriptedBroker.connected();
  broker.reply(packet("30", field("'a'"), "00 00 07 00 'x'")).expectNothing().told("a QoS 0: 00 07 00 78");
  broker.reply(packet("31", field("'a'"), "02 01 00 00 00")).expectNothing().told("a QoS 0 RETAIN: 00 00");
});

/** Ways to begin something that takes a Packet Identifier, each with where the identifier stands in it and the broker's answer. */
const REQUESTS: readonly (readonly [begin: (broker: ScriptedBroker) => void, at: number, answer: (identifier: string) => readonly string[]])[] = [
  [(broker) => broker.publish("a", 1), 5, (identifier) => ["40 02", identifier]],
  [(broker) => broker.publish("a", 2), 5, (identifier) => ["50 02", identifier, "70 02", identifier]],
  [(broker) => broker.publish(kept, 1, "55"), 5, (identifier) => ["40 02", identifier]],
  [(broker) => ok(broker.client.publishPrepared(kept, kept.header ?? new PreparedHeader(), Uint8Array.of(0x55))), 5, (identifier) => ["40 02", identifier]],
  [(broker) => broker.client.subscribe([{ filter: "a" }], undefined, broker.now), 2, (identifier) => ["90 04", identifier, "00 00"]],
  [(broker) => broker.client.unsubscribe(["a"], undefined, broker.now), 2, (identifier) => ["B0 04", identifier, "00 00"]],
];
const kept = new Publication("a", 1, false);

/** Begins a request. @returns its identifier. */
function request(broker: ScriptedBroker, number: number): number {
  const [begin, at] = REQUESTS[number % REQUESTS.length] ?? [];
  begin?.(broker);
  const sent = broker.transport.take();
  return ((sent[at ?? 0] ?? 0) << 8) | (sent[(at ?? 0) + 1] ?? 0);
}

/** Begins a request and answers it. Its identifier must be right. */
function complete(broker: ScriptedBroker, number: number, held: ReadonlySet<number>): void {
  const identifier = request(broker, number);
  if (identifier === 0 || held.has(identifier)) fail(`request ${number % REQUESTS.length} has the Packet Identifier ${identifier}`);
  broker.reply(...(REQUESTS[number % REQUESTS.length]?.[2](hex(Uint8Array.of(identifier >> 8, identifier))) ?? []));
  broker.transport.take();
}

test("[MQTT-2.2.1-3] of 69,000 requests, some of them never answered, none has a Packet Identifier that is 0 or in use", () => {
  const broker = ScriptedBroker.connected({ inFlight: 8 });
  const held = new Set<number>();
  for (const [number, answered] of [[0, 1], [1, 100], [4, 3000], [2, 20_000], [3, 46_000]] as const) {
    held.add(request(broker, number));
    for (let i = 0; i < answered; i++) complete(broker, i, held);
  }
  equal(held.size, 5);
  equal(broker.error, undefined);
});

test("[MQTT-2.2.1-3] a request of any kind comes past the largest Packet Identifier, and past those in use", () => {
  for (const number of REQUESTS.keys()) {
    const broker = ScriptedBroker.connected();
    // In use are 1, 2, 4 and 65,534. What is not asked for over the wire is free again.
    const held = new Set([request(broker, 2), request(broker, 1)]);
    broker.session.outgoing.nextIdentifier();
    held.add(request(broker, 4));
    while (broker.session.outgoing.nextIdentifier() < 65_533);
    held.add(request(broker, 0));
    deepEqual([...held], [1, 2, 4, 65_534]);
    for (let time = 0; time < 10; time++) complete(broker, number, held);
    // And once more, with 1 free.
    broker.reply("40 02 00 01");
    held.delete(1);
    while (broker.session.outgoing.nextIdentifier() < 65_533);
    for (let time = 0; time < 10; time++) complete(broker, number, held);
    equal(broker.error, undefined);
  }
});

test("[MQTT-2.2.1-3] a Packet Identifier stays in use from PUBREC to PUBCOMP, and over a connection that is lost", () => {
  const broker = ScriptedBroker.connected({ cleanStart: false, properties: { sessionExpiryInterval: 60 } });
  broker.publish("a", 2);
  broker.reply("50 02 00 01").cut().connect().accept(true);
  broker.transport.take();
  for (let i = 0; i < 66_000; i++) {
    broker.publish("a", 1);
    const identifier = broker.transport.take().subarray(5, 7);
    if (hex(identifier) === "00 01" || hex(identifier) === "00 00") equal(hex(identifier), "another");
    broker.reply("40 02", hex(identifier));
  }
});

test("[MQTT-2.2.1-4] a publication at QoS 1 or 2 with the Packet Identifier 0 ends the connection, undelivered", () => {
  for (const first of ["32", "34", "3A", "3C"])
    ScriptedBroker.connected().reply(packet(first, field("'a'"), "00 00 00 55")).expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-2.2.1-4] so does one whose payload comes in pieces", () => {
  ScriptedBroker.connected().reply("32 FF 01", field("'a'"), "00 00 00", "55 ".repeat(100)).expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-2.2.1-5] acknowledgements out of order each complete their own call", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const calls = ["x", "y", "z"].map((topic) => client.publish(topic, "", { qos: 1 }));
  for (let i = 0; i < 3; i++) await link.nextIs("publish");
  // Not authorized, Success, No matching subscribers.
  link.send("40 03 00 03 87", "40 02 00 02", "40 03 00 01 10");
  deepEqual(await Promise.all(calls.slice(0, 2)), [0x10, 0]);
  await rejects(calls[2] ?? Promise.resolve(), { kind: "peer", reasonCode: 0x87 });
});

test("[MQTT-2.2.1-5] exchanges at QoS 2 out of order each complete their own call", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const settled: string[] = [];
  const calls = ["x", "y"].map((topic) => client.publish(topic, "", { qos: 2 }).then(() => settled.push(topic)));
  for (let i = 0; i < 2; i++) await link.nextIs("publish");
  link.send("50 02 00 02", "50 02 00 01");
  await link.expect("62 02 00 02");
  await link.expect("62 02 00 01");
  link.send("70 02 00 02");
  await calls[1];
  deepEqual(settled, ["y"]);
  link.send("70 02 00 01");
  await Promise.all(calls);
});

test("[MQTT-2.2.1-5] PUBACK, PUBREC and PUBCOMP carry the Packet Identifier of the publication", () => {
  const broker = ScriptedBroker.connected();
  for (const identifier of ["00 01", "12 34", "FF FF"]) {
    broker.reply(packet("32", field("'a'"), identifier, "00")).expect("40 02", identifier);
    broker.reply(packet("34", field("'a'"), identifier, "00")).expect("50 02", identifier).reply("62 02", identifier).expect("70 02", identifier);
  }
});

test("[MQTT-2.2.1-5] a refusal carries the Packet Identifier of the publication", () => {
  const broker = ScriptedBroker.connected();
  broker.take = (): number => 0x87;
  broker.reply(packet("32", field("'a'"), "12 34 00")).expect("40 03 12 34 87");
  broker.reply(packet("34", field("'a'"), "56 78 00")).expect("50 03 56 78 87");
});

test("[MQTT-2.2.1-5] an acknowledgement with the Packet Identifier of no publication ends the connection and settles nothing", () => {
  for (const line of ["40 02 00 02", "70 02 00 02", "70 02 00 01"]) {
    const broker = ScriptedBroker.connected();
    broker.publish("a", 1);
    broker.transport.take();
    broker.reply(line).expect("E0 01 82").told("closed peer 0x82");
  }
});

test("[MQTT-2.2.1-6] two subscriptions answered in reverse each get their own answer", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const calls = [client.subscribe("a", { qos: 1 }, ignore), client.subscribe("b", { qos: 2 }, ignore)];
  await link.expect("82 07 00 01 00", field("'a'"), "01");
  await link.expect("82 07 00 02 00", field("'b'"), "02");
  link.send("90 04 00 02 00 02", "90 04 00 01 00 01");
  deepEqual(await Promise.all(calls), [1, 2]);
});

test("[MQTT-2.2.1-6] two unsubscriptions answered in reverse each get their own answer", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const subscribed = ["a", "b"].map((filter) => client.subscribe(filter, ignore));
  for (let i = 0; i < 2; i++) await link.nextIs("subscribe");
  link.send("90 04 00 01 00 00", "90 04 00 02 00 00");
  await Promise.all(subscribed);
  const calls = ["a", "b"].map((filter) => client.unsubscribe(filter));
  for (let i = 0; i < 2; i++) await link.nextIs("unsubscribe");
  // No subscription existed, Success.
  link.send("B0 04 00 04 00 11", "B0 04 00 03 00 00");
  deepEqual(await Promise.all(calls), [0, 0x11]);
});

test("[MQTT-2.2.1-6] a SUBACK or UNSUBACK with an unknown Packet Identifier ends the connection", () => {
  for (const line of ["90 04 00 02 00 00", "B0 04 00 02 00 00"]) {
    const broker = ScriptedBroker.connected();
    broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
    broker.transport.take();
    broker.reply(line).expect("E0 01 82").told("closed peer 0x82");
  }
});

test("[MQTT-2.2.1-6] the answer to another kind of request ends the connection", () => {
  const requests: readonly ((broker: ScriptedBroker) => void)[] = REQUESTS.map(([begin]) => begin);
  const [one, two, , , subscribe, unsubscribe] = requests;
  for (const [begin, line] of [[subscribe, "B0 04 00 01 00 00"], [unsubscribe, "90 04 00 01 00 00"], [one, "90 04 00 01 00 00"], [two, "B0 04 00 01 00 00"], [subscribe, "40 02 00 01"]] as const) {
    const broker = ScriptedBroker.connected();
    begin?.(broker);
    broker.transport.take();
    broker.reply(line).expect("E0 01 82").told("closed peer 0x82");
  }
});

test("[MQTT-2.2.1-6] an answer with an unknown Packet Identifier completes no call: both are asked again", async (t) => {
  const broker = await Broker.start(t);
  const { client, disconnections } = subject(t, broker.url);
  const link = await broker.welcome();
  const calls = [client.subscribe("a", { qos: 1 }, ignore), client.subscribe("b", { qos: 2 }, ignore)];
  link.send("90 04 00 07 00 01");
  equal((await disconnections.next()).error.reasonCode, 0x82);
  const next = await broker.welcome({ sessionPresent: true });
  const identifiers = [await next.nextIs("subscribe"), await next.nextIs("subscribe")].map((again) => Number(again["messageId"]));
  next.sendBytes(bytes(...identifiers.map((identifier, i) => `90 04 00 ${hex(Uint8Array.of(identifier))} 00 0${i + 1}`)));
  deepEqual(await Promise.all(calls), [1, 2]);
});
