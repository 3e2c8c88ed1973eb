/** When CONNECT is sent, and what may follow it (MQTT 5.0, 3.1.0, 3.1.2.11.9). */
import { deepEqual, equal, match, throws } from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../src/client/client.js";
import { authenticate } from "../../src/protocol/connection/authenticating.js";
import { FakeClock } from "../client/fake-clock.js";
import { FakeNetwork } from "../client/fake-network.js";
import { Bench } from "../client/mqtt-client-bench.js";
import { subject } from "../client/network.js";
import { Attempt } from "../client/report-attempt.js";
import { ScriptedBroker as Broker } from "../client/scripted-broker.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { field } from "./packets.js";

const ignore = (): void => undefined;
const METHOD = "15 00 01 'm'";
const AUTHENTICATED = { properties: { authenticationMethod: "m" } };

for (const early of [false, true])
  test(`[MQTT-3.1.0-1] CONNECT is the first packet of every connection, whatever waits${early ? ", with the option early too" : ""}`, async (t) => {
    const broker = await Broker.start(t);
    const { client } = subject(t, broker.url, { early });
    client.subscribe("a", ignore).catch(ignore);
    for (const qos of [0, 1, 2] as const) client.publish("a", "x", { qos }).catch(ignore);
    for (let connection = 0; connection < 3; connection++) {
      const link = await broker.accept();
      await link.nextIs("connect");
      link.greet({ sessionPresent: connection > 0 });
      // What waited follows.
      await link.next();
      link.cut();
    }
  });

test("[MQTT-3.1.0-1] the MQTT client class lets nothing be written before CONNECT", (t) => {
  const bench = new Bench(t, { version: 5 });
  const write = (): unknown => bench.inside(() => bench.client.write(new ArrayBuffer(1), { topic: "a" }));
  throws(write, { kind: "configuration" });
  bench.open();
  throws(write, { kind: "configuration" });
  const written = bench.socket.taken();
  equal(written.length, 1);
  match(written[0] ?? "", /^10 /);
});

test("[MQTT-3.1.0-1] report sends CONNECT before its messages", (t) => {
  const attempt = new Attempt(t, [{ topic: "a", payload: "x", qos: 1 }]);
  attempt.socket.writable();
  attempt.wrote("10 0D", field("'MQTT'"), "05 02 00 1E 00 00 00", "32 07", field("'a'"), "00 01 00 'x'");
});

test("[MQTT-3.1.0-2] two calls of connect make two connections with one CONNECT each", async (t) => {
  const broker = await Broker.start(t);
  const subjects = ["x", "y"].map((id) => subject(t, broker.url, { id }));
  const links = [await broker.accept(), await broker.accept()];
  const ids = [];
  for (const link of links) {
    ids.push((await link.nextIs("connect"))["clientId"]);
    link.greet();
  }
  deepEqual(ids.sort(), ["x", "y"]);
  for (const { client } of subjects) {
    await client.publish("a", "");
    await client.close();
  }
  for (const link of links) {
    await link.nextIs("publish");
    await link.nextIs("disconnect");
    deepEqual(await link.closed(), []);
  }
  equal(broker.unasked, 0);
});

test("[MQTT-3.1.0-2] a socket that tells again and again that it is writable gets one CONNECT", async (t) => {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const client = connect({ host: "192.0.2.1", ...network.provider });
  clock.advance();
  for (let time = 0; time < 3; time++) network.socket.writable();
  equal(network.socket.taken().length, 1);
  network.socket.receive("20 09 00 00 06 12", field("'abc'"));
  for (let time = 0; time < 3; time++) network.socket.writable();
  deepEqual(network.socket.taken(), []);
  await client.close();
});

/** A connection with an Authentication Method that waits for its CONNACK. */
function authenticating(early = false): ScriptedBroker {
  const broker = new ScriptedBroker({ ...AUTHENTICATED, keepAlive: 1, early });
  // The application publishes whenever it is told that it may.
  broker.whenWritable = (): void => {
    for (const qos of [0, 1, 2]) broker.publish("a", qos);
  };
  return broker.connect().expect("10 12", field("'MQTT'"), "05 02 00 01 04", METHOD, field("'c'"));
}

test("[MQTT-3.1.2-30] after a CONNECT with an Authentication Method nothing is published, subscribed or pinged before the CONNACK", () => {
  const broker = authenticating();
  for (const qos of [0, 1, 2]) equal(broker.publish("a", qos), 0);
  equal(broker.client.subscribe([{ filter: "a" }], undefined, broker.now), 0);
  equal(broker.client.unsubscribe(["a"], undefined, broker.now), 0);
  broker.client.writable(1000, broker.now);
  broker.after(10_000).expectNothing().reply("F0 06 18 04", METHOD).after(10_000).expectNothing().told("AUTH 0x18");
});

test("[MQTT-3.1.2-30] nothing is published early when there is an Authentication Method", () => {
  authenticating(true).reply("F0 06 18 04", METHOD).expectNothing().reply("20 07 00 00 04", METHOD)
    .expect("30 04", field("'a'"), "00", "32 06", field("'a'"), "00 01 00", "34 06", field("'a'"), "00 02 00");
  // Without one they are published.
  const broker = new ScriptedBroker({ early: true });
  broker.whenWritable = (): void => void broker.publish("a", 1);
  broker.connect().expect("10 0E", field("'MQTT'"), "05 02 00 00 00", field("'c'"), "32 06", field("'a'"), "00 01 00");
});

test("[MQTT-3.1.2-30] AUTH may be sent before the CONNACK, and DISCONNECT", () => {
  const broker = authenticating();
  equal(authenticate(broker.client, 0x18, { authenticationMethod: "m" }, broker.now), true);
  broker.expect("F0 06 18 04", METHOD);
  equal(broker.disconnect(), true);
  broker.expect("E0 00");
});

test("[MQTT-3.1.2-30] the application's option early sends nothing before the CONNACK when there is an Authentication Method", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url, { ...AUTHENTICATED, early: true, version: 5 });
  const published = client.publish("a", "x", { qos: 1 });
  const link = await broker.accept();
  await link.nextIs("connect");
  // Anything sent early would have come with the CONNECT.
  link.send("D0 00");
  await link.expect("E0 01 82");
  const next = await broker.accept();
  await next.nextIs("connect");
  next.greet({ properties: METHOD });
  await next.expect("32 07", field("'a'"), "00 01 00 'x'");
  next.send("40 02 00 01");
  equal(await published, 0);
});
