/** MQTT 5.0 first, 3.1.1 when the broker does not speak it (MQTT 5.0, 3.1.2.2). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { subject } from "./network.js";
import { ScriptedBroker, type ScriptedLink } from "./scripted-broker.js";

const refusals: readonly (readonly [string, (link: ScriptedLink) => void])[] = [
  ["a CONNACK with Unsupported Protocol Version", (link) => link.send("20 03 00 84 00")],
  ["a CONNACK in the form of 3.1.1 with return code 1", (link) => link.send("20 02 00 01")],
  ["a CONNACK with Malformed Packet", (link) => link.send("20 03 00 81 00")],
  ["a CONNACK with Protocol Error", (link) => link.send("20 03 00 82 00")],
  ["closing the connection", (link) => link.end()],
  ["resetting the connection", (link) => link.cut()],
];
for (const [name, refuse] of refusals) {
  test(`${name} leads to 3.1.1 at once`, async (t) => {
    const broker = await ScriptedBroker.start(t);
    // A long first delay: the second attempt must not wait for it.
    const { client, disconnections } = subject(t, broker.url, { reconnect: { minimum: 3_600_000, maximum: 3_600_000 } });
    const link = await broker.accept();
    equal((await link.nextIs("connect"))["protocolVersion"], 5);
    refuse(link);
    await broker.welcome({ version: 4 });
    deepEqual(await client.ready(), { version: 4, resumed: false, id: "c", properties: {} });
    // To ask again is part of connecting: nothing was lost that the application had.
    deepEqual(disconnections.left, []);
  });

  test(`${name} does not lead to 3.1.1 when version 5 was asked for`, async (t) => {
    const broker = await ScriptedBroker.start(t);
    const { client, disconnections } = subject(t, broker.url, { version: 5 });
    const link = await broker.accept();
    await link.next();
    refuse(link);
    await disconnections.next();
    await broker.welcome({ version: 5 });
    equal((await client.ready()).version, 5);
  });
}

test("a broker that refuses both is tried with both in turn", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url);
  const versions: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    const link = await broker.accept();
    versions.push((await link.nextIs("connect"))["protocolVersion"]);
    link.cut();
    if (i % 2 === 1) await disconnections.next();
  }
  deepEqual(versions, [5, 4, 5, 4]);
});

test("a refusal for another reason does not lead to 3.1.1", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url);
  const link = await broker.accept();
  await link.next();
  link.send("20 03 00 88 00");
  equal((await disconnections.next()).error.reasonCode, 0x88);
  await broker.welcome({ version: 5 });
});

test("a connection that cannot be made says nothing about versions", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, "mqtt://127.0.0.1", { port: 1, reconnect: { minimum: 0, maximum: 0 } });
  equal((await disconnections.next()).error.kind, "transport");
  await client.close();
  const again = subject(t, broker.url);
  await broker.welcome({ version: 5 });
  equal((await again.client.ready()).version, 5);
});

test("a broker that spoke version 5 once is not asked for 3.1.1 when it cuts a connection", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url);
  (await broker.welcome()).cut();
  await disconnections.next();
  for (let i = 0; i < 3; i++) {
    const link = await broker.accept();
    equal((await link.nextIs("connect"))["protocolVersion"], 5);
    link.cut();
    await disconnections.next();
  }
});

test("a broker that has become one of 3.1.1 is taken as such", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, connections, disconnections } = subject(t, broker.url);
  (await broker.welcome()).cut();
  await disconnections.next();
  await connections.next();
  const link = await broker.accept();
  await link.next();
  link.send("20 02 00 01");
  await broker.welcome({ version: 4 });
  equal((await connections.next()).version, 4);
  equal(client.connected?.version, 4);
});

test("3.1.1 by option: version 4 from the first CONNECT", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { version: 4 });
  await broker.welcome({ version: 4 });
  equal((await client.ready()).version, 4);
});

test("a broker that only cut the first connection is asked for version 5 again later", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url);
  const first = await broker.accept();
  await first.nextIs("connect");
  first.cut();
  (await broker.welcome({ version: 4 })).cut();
  await disconnections.next();
  const third = await broker.accept();
  equal((await third.nextIs("connect"))["protocolVersion"], 5);
});
