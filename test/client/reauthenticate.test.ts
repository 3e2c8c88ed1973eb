/** `reauthenticate` by any method: room, time, errors. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../src/client/client.js";
import { AGAIN, ANSWER, CHALLENGE, CONNACK, CONNECT, connected, connecting, DONE, onlyEnd, turn } from "./authenticating.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork } from "./fake-network.js";

test("AUTH waits for room and goes before what is published meanwhile", async (t) => {
  const scene = await connected(t);
  scene.socket.writable(0);
  const again = scene.client.reauthenticate();
  const published = scene.client.publish("a", "123456");
  scene.socket.writable(11);
  deepEqual(scene.socket.taken(), []);
  scene.socket.writable(12);
  deepEqual(scene.socket.taken(), [AGAIN]);
  scene.socket.writable(100);
  deepEqual(scene.socket.taken(), ["30 0A 00 01 61 00 31 32 33 34 35 36"]);
  equal(await published, 0);
  scene.socket.receive(DONE);
  await again;
});

test("AUTH waits for room as often as it has to", async (t) => {
  const scene = await connected(t);
  scene.socket.writable(0);
  const again = scene.client.reauthenticate();
  for (const room of [1, 11, 12]) scene.socket.writable(room);
  deepEqual(scene.socket.taken(), [AGAIN]);
  scene.socket.receive(DONE);
  await again;
});

test("AUTH that waited for room is not sent on the next connection", async (t) => {
  const scene = await connected(t);
  scene.socket.writable(0);
  const again = rejects(scene.client.reauthenticate(), { kind: "transport" });
  scene.socket.fail();
  await again;
  scene.clock.advance();
  scene.socket.writable();
  scene.socket.writable();
  equal(scene.socket.taken().length, 1);
});

test("while AUTH waits for room it is not the server's turn", async (t) => {
  const scene = await connected(t);
  scene.socket.writable(3);
  const again = scene.client.reauthenticate();
  scene.socket.receive(DONE);
  await rejects(again, { kind: "peer", reasonCode: 0x82 });
  deepEqual(scene.socket.taken(), ["E0 01 82"]);
});

test("an answer waits for the end of a payload that is on its way", async (t) => {
  const scene = await connected(t);
  const again = scene.client.reauthenticate();
  deepEqual(scene.socket.taken(), [AGAIN]);
  const published = scene.client.publish("a", new Uint8Array(600), { qos: 1 });
  scene.socket.writable(300);
  scene.socket.taken();
  scene.socket.receive(CHALLENGE);
  await turn();
  scene.socket.writable(5744);
  equal(scene.socket.taken().at(-1), ANSWER);
  scene.socket.receive(DONE, "40 02 00 01");
  await Promise.all([again, published]);
});

// Before and after the client's timer has fired for the first time.
for (const begun of [1000, 10_000])
  test(`re-authentication that takes longer than connectTimeout ends the connection: begun after ${begun} ms`, async (t) => {
    const scene = await connected(t, {}, { connectTimeout: 5000 });
    scene.clock.advance(begun);
    const again = scene.client.reauthenticate();
    deepEqual(scene.socket.taken(), [AGAIN]);
    scene.clock.advance(4999);
    deepEqual(scene.ends, []);
    const outcome = rejects(again, { kind: "transport", reasonCode: 0x88, message: "the broker did not finish re-authentication within 5000 ms" });
    const { socket } = scene;
    scene.clock.advance(1);
    await outcome;
    deepEqual(socket.taken(), ["E0 01 80"]);
    equal(onlyEnd(scene).reasonCode, 0x88);
    scene.clock.advance();
    scene.socket.writable();
    // Not clean: with the session.
    deepEqual(scene.socket.taken(), [CONNECT.replace("05 02", "05 00")]);
  });

test("a re-authentication in time leaves no deadline behind", async (t) => {
  const scene = await connected(t, {}, { connectTimeout: 5000 });
  const again = scene.client.reauthenticate();
  scene.socket.receive(DONE);
  await again;
  scene.clock.advance(50_000);
  deepEqual([scene.ends, scene.socket.closed], [[], false]);
});

test("reauthenticate rejects where it cannot be, and nothing else happens", async (t) => {
  const scene = connecting(t);
  await rejects(scene.client.reauthenticate(), { kind: "transport", message: "there is no connection to authenticate again; the next one does it anyway" });
  scene.socket.receive(CONNACK);
  await scene.client.ready();
  const again = scene.client.reauthenticate();
  await rejects(scene.client.reauthenticate(), { kind: "configuration", message: /is under way: await it first/ });
  deepEqual(scene.socket.taken(), [AGAIN]);
  scene.socket.receive(DONE);
  await again;
  await scene.client.close();
  await rejects(scene.client.reauthenticate(), { message: "the client was closed" });
});

test("reauthenticate without an authenticator is the caller's mistake", async (t) => {
  new FakeClock(t);
  const client = connect("mqtt://192.0.2.1", new FakeNetwork().provider);
  await rejects(client.reauthenticate(), { kind: "configuration", message: "authenticator must be given for reauthenticate" });
  await client.close();
});

test("close and a lost connection reject a re-authentication under way", async (t) => {
  const lost = await connected(t);
  const again = rejects(lost.client.reauthenticate(), { kind: "transport", message: /lost the connection/ });
  lost.socket.fail();
  await again;
  await lost.client.close();
  await t.test("close", async (inner) => {
    const closed = await connected(inner);
    const rejected = rejects(closed.client.reauthenticate(), { message: "the client was closed" });
    await closed.client.close();
    await rejected;
  });
});

test("a lost connection rejects a re-authentication also where onDisconnected throws", async (t) => {
  const errors: string[] = [];
  const scene = await connected(t, {}, { onDisconnected: () => { throw new Error("no screen"); }, onError: ({ message }) => errors.push(message) });
  const again = rejects(scene.client.reauthenticate(), { kind: "transport", message: /lost the connection/ });
  scene.socket.fail();
  await again;
  deepEqual(errors, ["onDisconnected failed: no screen"]);
});
