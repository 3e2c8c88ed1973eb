/** Message delivery retry and message order (MQTT 5.0, 4.4, 4.6). */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { EventQueue } from "../client/event-queue.js";
import { LASTING, ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established, grant } from "./established.js";

/** In flight: `a` at QoS 1, `b` at QoS 2 without PUBREC, `c` at QoS 2 without PUBCOMP. */
function inFlight(): ScriptedBroker {
  const broker = ScriptedBroker.connected(LASTING);
  broker.publish("c", 2, "03");
  broker.publish("a", 1, "01");
  broker.publish("b", 2, "02");
  broker.expect("34 07 00 01 'c' 00 01 00 03", "32 07 00 01 'a' 00 02 00 01", "34 07 00 01 'b' 00 03 00 02");
  return broker.reply("50 02 00 01").expect("62 02 00 01");
}

test("[MQTT-4.4.0-1] nothing is sent again while a connection lasts, however long acknowledgements are withheld", () => {
  inFlight().after(30_000).expectNothing().after(1e9).drain(1000).reply("D0 00").expectNothing();
});

test("[MQTT-4.4.0-1] upon resuming the session PUBLISH and PUBREL are sent again with their identifiers, byte for byte but DUP, once", () => {
  const broker = inFlight().cut().connect().accept(true);
  broker.expect("3A 07 00 01 'a' 00 02 00 01", "3C 07 00 01 'b' 00 03 00 02", "62 02 00 01").after(1e9).drain(1000).expectNothing();
});

test("[MQTT-4.4.0-1] a session that the server has not kept is not resumed: nothing is sent again", () => {
  inFlight().cut().connect().accept(false).expectNothing().after(1e9).expectNothing();
});

test("[MQTT-4.4.0-1] nothing is sent again before the CONNACK has said that the session is there", () => {
  const broker = inFlight().cut().connect();
  equal(broker.transport.take()[0], 0x10);
  broker.client.writable(Infinity, broker.now);
  broker.after(10_000).expectNothing();
});

for (const [qos, first, refusal] of [[1, "32", "40 03 00 01 97"], [2, "34", "50 03 00 01 97"]] as const)
  test(`[MQTT-4.4.0-2] a QoS ${qos} publication that is refused with 0x97 fails to its caller and is never sent again`, async (t) => {
    const { client, link, broker } = await established(t);
    const call = client.publish("a", "x", { qos });
    await link.expect(first, "07 00 01 'a' 00 01 00 'x'");
    link.send(refusal);
    await rejects(call, { name: "MqttError", kind: "peer", reasonCode: 0x97 });
    link.cut();
    const again = await broker.welcome({ sessionPresent: true });
    // What comes next is new.
    const next = client.publish("b", "", { qos: 1 });
    await again.expect("32 06 00 01 'b' 00 02 00");
    again.send("40 02 00 02");
    equal(await next, 0);
    deepEqual(again.left, []);
  });

test("[MQTT-4.4.0-2] every Reason Code of 0x80 or above is final, in PUBACK and in PUBREC", () => {
  for (const code of ["80", "83", "87", "90", "91", "97", "99"]) {
    const broker = ScriptedBroker.connected(LASTING);
    broker.publish("a", 1);
    broker.publish("b", 2);
    broker.reply("40 03 00 01", code, "50 03 00 02", code);
    broker.told(`settled a 0x${code}`, `PUBACK 1 0x${code}`, `settled b 0x${code}`, `PUBREC 2 0x${code}`).transport.take();
    broker.after(1e9).expectNothing().cut().connect().accept(true).expectNothing();
  }
});

test("[MQTT-4.6.0-1] five of mixed QoS, whose identifiers wrap behind 65535, are sent again in the order of the first time", () => {
  const broker = ScriptedBroker.connected(LASTING);
  for (let i = 1; i < 0xfffe; i++) broker.session.outgoing.nextIdentifier();
  for (const [topic, qos] of [["a", 2], ["b", 1], ["c", 2], ["d", 1], ["e", 2]] as const) broker.publish(topic, qos);
  const rest = ["06 00 01 'a' FF FE 00", "06 00 01 'b' FF FF 00", "06 00 01 'c' 00 01 00", "06 00 01 'd' 00 02 00", "06 00 01 'e' 00 03 00"];
  const sent = (...firsts: readonly string[]): string[] => firsts.map((first, i) => `${first} ${rest[i]}`);
  broker.expect(...sent("34", "32", "34", "32", "34"));
  // Twice: the second time must not begin from the order of another list.
  for (let i = 0; i < 2; i++) broker.cut().connect().accept(true).expect(...sent("3C", "3A", "3C", "3A", "3C"));
});

test("[MQTT-4.6.0-1] the order holds where some in between are finished, and where room comes bit by bit", () => {
  const broker = ScriptedBroker.connected(LASTING);
  for (const topic of ["a", "b", "c", "d"]) broker.publish(topic, 1);
  broker.reply("40 02 00 02").transport.take();
  broker.cut().connect({ window: 8 }).accept(true).expect("3A 06 00 01 'a' 00 01 00").drain(8).expect("3A 06 00 01 'c' 00 03 00");
  broker.drain(8).expect("3A 06 00 01 'd' 00 04 00");
});

test("[MQTT-4.6.0-1] what is new goes behind all that is sent again", async (t) => {
  const { client, link, broker, disconnections } = await established(t, { inFlight: 2 });
  const calls = [client.publish("a", "", { qos: 1 }), client.publish("b", "", { qos: 2 })];
  await link.nextIs("publish");
  await link.nextIs("publish");
  link.cut();
  await disconnections.next();
  calls.push(client.publish("c", "", { qos: 1 }));
  const again = await broker.welcome({ sessionPresent: true });
  await again.expect("3A 06 00 01 'a' 00 01 00");
  await again.expect("3C 06 00 01 'b' 00 02 00");
  again.send("40 02 00 01");
  await again.expect("32 06 00 01 'c' 00 03 00");
  again.send("40 02 00 03", "50 02 00 02");
  await again.expect("62 02 00 02");
  again.send("70 02 00 02");
  deepEqual(await Promise.all(calls), [0, 0, 0]);
});

for (const [ids, qos, first, answer] of [["[MQTT-4.6.0-2]", 1, "32", "40"], ["[MQTT-4.6.0-3]", 2, "34", "50"]] as const) {
  const name = qos === 1 ? "PUBACKs" : "PUBRECs";

  test(`${ids} handlers that finish in reverse do not change the order of ${name}: it is that of arrival`, async (t) => {
    const { client, link } = await established(t);
    const taken = new EventQueue<() => void>();
    void client.subscribe("a", { qos }, () => new Promise<void>((done) => taken.push(done)));
    await grant(link, qos);
    // Not the order of identifiers.
    for (const identifier of ["03", "01", "02"]) link.send(first, "06 00 01 'a' 00", identifier, "00");
    const done = [await taken.next(), await taken.next(), await taken.next()];
    done[2]?.();
    done[1]?.();
    await client.publish("b", "");
    await link.expect("30 04 00 01 'b' 00");
    deepEqual(link.left, []);
    done[0]?.();
    for (const identifier of ["03", "01", "02"]) await link.expect(answer, "02 00", identifier);
  });

  test(`${ids} ${name} that had no room keep the order of arrival`, () => {
    const broker = ScriptedBroker.connected({ window: 0 });
    for (const identifier of ["03", "01", "02"]) broker.reply(first, "06 00 01 'a' 00", identifier, "00");
    broker.drain(6).expect(answer, "02 00 03").drain(4).expect(answer, "02 00 01").drain(4).expect(answer, "02 00 02");
  });
}

test("[MQTT-4.6.0-2][MQTT-4.6.0-3] QoS 1 and 2 keep one order: what was taken at once waits for what came before", () => {
  const broker = ScriptedBroker.connected();
  broker.take = (packet): number => (packet.topic === "s" ? 2 : 0);
  broker.reply("34 06 00 01 's' 00 05 00", "32 06 00 01 'f' 00 04 00", "34 06 00 01 'f' 00 03 00", "32 06 00 01 'f' 00 02 00").expectNothing();
  broker.acknowledge(5).expect("50 02 00 05", "40 02 00 04", "50 02 00 03", "40 02 00 02");
});

/** Three QoS 2 publications whose PUBRECs come as 3, 1, 2. */
function three(options = LASTING): ScriptedBroker {
  const broker = ScriptedBroker.connected(options);
  for (const topic of ["a", "b", "c"]) broker.publish(topic, 2);
  broker.transport.take();
  return broker.reply("50 02 00 03", "50 02 00 01", "50 02 00 02");
}

test("[MQTT-4.6.0-4] PUBRELs follow the order of PUBRECs, not that of publishing", () => {
  three().expect("62 02 00 03", "62 02 00 01", "62 02 00 02");
});

test("[MQTT-4.6.0-4] PUBRELs that had no room keep that order", () => {
  three({ ...LASTING, window: 24 }).expectNothing().drain(5).expect("62 02 00 03").drain(8).expect("62 02 00 01", "62 02 00 02");
});

test("[MQTT-4.6.0-4] on the next connection PUBRELs come again in that order", () => {
  const broker = three();
  broker.transport.take();
  broker.cut().connect().accept(true).expect("62 02 00 03", "62 02 00 01", "62 02 00 02");
});
