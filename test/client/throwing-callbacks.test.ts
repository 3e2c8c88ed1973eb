/** Callbacks of the application that throw: neither socket nor timer nor caller sees it, and the client goes on. */
import { deepEqual, doesNotThrow, equal } from "node:assert/strict";
import { test } from "node:test";
import { Attacked } from "../hostile/attacked.js";

const broken = (): never => {
  throw new Error("no screen");
};

test("onDisconnected that throws when the connection is lost: onError is told, and the client comes back", (t) => {
  const attacked = new Attacked(t, { onDisconnected: broken });
  const socket = attacked.greet();
  doesNotThrow(() => socket.fail());
  deepEqual(attacked.errors.map(({ kind, message }) => [kind, message]), [["configuration", "onDisconnected failed: no screen"]]);
  attacked.greet();
  equal(attacked.client.connected?.version, 5);
});

test("onDisconnected that throws when a connection fails in a timer: onError is told, and the client tries again", (t) => {
  const attacked = new Attacked(t, { connectTimeout: 5000, onDisconnected: broken });
  attacked.accept();
  doesNotThrow(() => attacked.clock.advance(5000));
  deepEqual(attacked.errors.map(({ message }) => message), ["onDisconnected failed: no screen"]);
  attacked.greet();
  equal(attacked.client.connected?.version, 5);
});

test("onDisconnected that throws when a payload source ends the connection: the call that publishes rejects with the source's failure", async (t) => {
  const attacked = new Attacked(t, { onDisconnected: broken, reconnect: false });
  attacked.greet();
  const call = attacked.client.publish("a", { byteLength: 4, read: () => { throw new Error("no file"); } });
  equal(await call.catch((error: unknown) => String(error)), "MqttError: a payload source failed: Error: no file");
  deepEqual(attacked.errors.map(({ message }) => message), ["onDisconnected failed: no screen"]);
});

test("onError that throws: what comes behind the message is read all the same", (t) => {
  const attacked = new Attacked(t, { onError: broken });
  const socket = attacked.greet();
  let handled = 0;
  attacked.subscribe(() => {
    handled++;
    throw new Error("no memory card");
  });
  doesNotThrow(() => socket.receive("30 05 00 01 'a' 00 'x'", "30 05 00 01 'a' 00 'y'"));
  deepEqual([handled, attacked.ends, socket.closed], [2, [], false]);
});

test("onDisconnected and onError that both throw: the client comes back", (t) => {
  const attacked = new Attacked(t, { onDisconnected: broken, onError: broken });
  const socket = attacked.greet();
  doesNotThrow(() => socket.fail());
  attacked.greet();
  equal(attacked.client.connected?.version, 5);
});

test("what waits for an acknowledgement goes out though the callback that is told of it throws", (t) => {
  const attacked = new Attacked(t, { inFlight: 1, keepAlive: 0 });
  const socket = attacked.greet();
  const topic = attacked.client.topic("a", { qos: 1, onSettled() { throw new Error("wanted"); } });
  topic.publish(Uint8Array.of(1));
  topic.publish(Uint8Array.of(2));
  socket.writable();
  deepEqual(socket.taken().length, 1);
  socket.receive("40 02 00 01");
  deepEqual(socket.taken(), ["32 07 00 01 61 00 02 00 02"]);
});
