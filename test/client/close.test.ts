/** The end of a client that was asked to end. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../src/client/client.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork } from "./fake-network.js";
import { subject } from "./network.js";
import { ScriptedBroker } from "./scripted-broker.js";

const CLOSED = { name: "MqttError", kind: "transport", message: "the client was closed" };

test("close sends DISCONNECT and closes the socket", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  await client.close();
  await link.expect("E0 00");
  deepEqual(await link.closed(), []);
  equal(client.connected, undefined);
});

test("what was published before goes out before the DISCONNECT", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  const publish = client.publish("a", "x");
  await client.close();
  await link.expect("30 05 00 01 'a' 00 'x'");
  await link.expect("E0 00");
  equal(await publish, 0);
});

test("the Reason Code 0x04 asks for the will, and properties are sent", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  await client.close({ reasonCode: 4, properties: { sessionExpiryInterval: 0 } });
  await link.expect("E0 07 04 05 11 00 00 00 00");
});

test("in 3.1.1 DISCONNECT is bare", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { version: 4 });
  const link = await broker.welcome({ version: 4 });
  await client.ready();
  await client.close({ properties: { sessionExpiryInterval: 0 } });
  await link.expect("E0 00");
});

test("in 3.1.1 the Reason Code 0x04 closes without a DISCONNECT, which would drop the will", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { version: 4 });
  const link = await broker.welcome({ version: 4 });
  await client.ready();
  await client.close({ reasonCode: 4 });
  deepEqual(await link.closed(), []);
});

test("a wrong property rejects, and the client goes on", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { properties: { sessionExpiryInterval: 0 } });
  const link = await broker.welcome();
  await client.ready();
  await rejects(client.close({ properties: { sessionExpiryInterval: 5 } }), { kind: "configuration", message: /^properties\.sessionExpiryInterval must be 0 in DISCONNECT/ });
  equal(await client.publish("a", "x"), 0);
  await link.nextIs("publish");
});

test("everything pending rejects", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { inFlight: 1 });
  const link = await broker.welcome();
  await client.ready();
  const calls = [
    client.publish("a", "", { qos: 1 }),
    client.publish("queued", "", { qos: 2 }),
    client.subscribe("s", () => undefined),
    client.request("r", ""),
  ];
  await link.nextIs("publish");
  await client.close();
  for (const call of calls) await rejects(call, CLOSED);
});

test("what waits for a connection rejects", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const calls = [client.ready(), client.publish("a", ""), client.subscribe("s", () => undefined), client.request("r", "")];
  await client.close();
  for (const call of calls) await rejects(call, CLOSED);
});

test("every later call rejects", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  await client.close();
  for (const call of [client.ready(), client.publish("a", ""), client.subscribe("s", () => undefined), client.unsubscribe("s"), client.request("r", "")])
    await rejects(call, CLOSED);
});

test("close may be called again", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  await Promise.all([client.close(), client.close()]);
  await client.close();
  await link.expect("E0 00");
  deepEqual(await link.closed(), []);
});

test("nothing comes back: no timer, no socket, no callback", async (t) => {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const calls: string[] = [];
  const client = connect("mqtt://192.0.2.1", { ...network.provider, onConnected: () => calls.push("connected"), onDisconnected: () => calls.push("disconnected") });
  clock.advance();
  network.socket.writable();
  network.socket.receive("20 06 00 00 03 12 00 00");
  await client.close();
  deepEqual([network.open, clock.timers], [0, 0]);
  network.socket.fail();
  clock.advance(1_000_000);
  deepEqual([calls, network.sockets.length], [["connected"], 1]);
});

test("close while the name is being resolved releases the resolver", async (t) => {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const client = connect("mqtt://broker.example", network.provider);
  clock.advance();
  await client.close();
  network.resolver.request?.[0].onResolved("broker.example", "192.0.2.1");
  clock.advance(100_000);
  deepEqual([network.open, network.sockets.length, clock.timers], [0, 0, 0]);
});

for (const [name, where] of [["onConnected", 0], ["a handler", 1], ["onDisconnected", 2]] as const)
  test(`close inside ${name} ends the client there`, async (t) => {
    const clock = new FakeClock(t);
    const network = new FakeNetwork();
    const calls: string[] = [];
    const closing = (place: number, call: string): void => {
      calls.push(call);
      if (place === where) void client.close();
    };
    const client = connect("mqtt://192.0.2.1", {
      ...network.provider, id: "c", onConnected: () => closing(0, "connected"), onDisconnected: () => closing(2, "disconnected"),
    });
    client.subscribe("a", () => closing(1, "message")).catch(() => undefined);
    clock.advance();
    network.socket.writable();
    network.socket.receive("20 03 00 00 00", "32 07 00 01 'a' 00 01 00 'x'", "32 07 00 01 'a' 00 02 00 'y'");
    if (where === 2) network.socket.fail();
    clock.advance(1_000_000);
    deepEqual(calls, [["connected"], ["connected", "message"], ["connected", "message", "message", "disconnected"]][where]);
    deepEqual([network.open, network.sockets.length, clock.timers], [0, 1, 0]);
    await rejects(client.ready(), CLOSED);
  });

test("close in the middle of a payload closes without DISCONNECT: the broker must not take the rest for one", async (t) => {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const client = connect("mqtt://192.0.2.1", { ...network.provider, id: "c" });
  clock.advance();
  network.socket.writable(1000);
  network.socket.receive("20 03 00 00 00");
  network.socket.taken();
  const publish = client.publish("a", new Uint8Array(5000), { qos: 1 });
  await client.close();
  deepEqual(network.socket.taken().filter((packet) => packet === "E0 00"), []);
  await rejects(publish, CLOSED);
});
