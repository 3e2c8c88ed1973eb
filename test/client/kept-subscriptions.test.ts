/** Subscriptions of a client with its session on flash, over restarts of the device. */
import { deepEqual, equal } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { ConnectOptions, SubscribeOptions } from "../../src/client/options.js";
import { Journal } from "../../src/storage/journal.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { Attacked, CONNACK, RESUMED } from "../hostile/attacked.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { FakeFlash } from "../storage/fake-flash.js";
import { Random } from "../storage/random.js";

/** Terms that a SUBSCRIBE does nothing more for than to make the subscription. */
const QUIET: SubscribeOptions = { qos: 1, retainHandling: 2 };
/** Packets to and fro, their identifier 1. */
const SUBSCRIBE = hex(bytes("82 07 00 01 00 00 01 'a' 21"));
const UNSUBSCRIBE = hex(bytes("A2 06 00 01 00 00 01 'a'"));
const SUBACK = "90 04 00 01 00 01";
const UNSUBACK = "B0 04 00 01 00 00";

/** Starts the device on blank flash, or on what another start has left. */
function start(t: TestContext, from?: FakeFlash, options: ConnectOptions = {}): { attacked: Attacked; flash: FakeFlash } {
  const flash = from?.restart() ?? new FakeFlash({ blocks: 8, blockLength: 512, writeAlign: 4 }, new Random(1));
  return { attacked: new Attacked(t, { storage: new SessionStore(new Journal(flash, { recordLength: 128 })), ...options }), flash };
}

/** A device that has subscribed to "a", and whose power has gone since. */
function subscribed(t: TestContext, options = QUIET): FakeFlash {
  const { attacked, flash } = start(t);
  void attacked.client.subscribe("a", options, () => undefined).catch(() => undefined);
  attacked.greet().receive(SUBACK);
  return flash.restart();
}

/** What the next start sends that subscribes to "a". */
function sentFor(t: TestContext, from: FakeFlash, options: SubscribeOptions, connack = RESUMED): string[] {
  const { attacked } = start(t, from);
  void attacked.client.subscribe("a", options, () => undefined).catch(() => undefined);
  const socket = attacked.greet(connack);
  attacked.clock.advance();
  return socket.taken();
}

test("a subscription that the resumed session holds is not asked for again: the call resolves, its messages come", async (t) => {
  const { attacked, flash } = start(t, subscribed(t));
  const got: string[] = [];
  const call = attacked.client.subscribe("a", QUIET, (message) => void got.push(message.text()));
  const socket = attacked.greet(RESUMED);
  attacked.clock.advance();
  deepEqual(socket.taken(), []);
  equal(await call, 1);
  socket.receive("30 05 00 01 'a' 00 'x'");
  deepEqual(got, ["x"]);
  deepEqual(sentFor(t, flash, QUIET), []);
});

test("one that is made once the connection stands is not asked for again either", async (t) => {
  for (const wait of [true, false]) {
    const onConnected = (): void => {
      if (!wait) void attacked.client.subscribe("a", QUIET, () => undefined);
    };
    const { attacked } = start(t, subscribed(t), { onConnected });
    if (wait) void attacked.client.ready().then(() => attacked.client.subscribe("a", QUIET, () => undefined));
    const socket = attacked.greet(RESUMED);
    await attacked.settle();
    attacked.clock.advance();
    deepEqual(socket.taken(), []);
  }
});

for (const [what, options] of Object.entries<SubscribeOptions>({
  "another QoS": { qos: 2, retainHandling: 2 },
  "No Local": { ...QUIET, noLocal: true },
  "Retain As Published": { ...QUIET, retainAsPublished: true },
  "a Subscription Identifier": { ...QUIET, properties: { subscriptionIdentifier: 7 } },
  "User Properties": { ...QUIET, properties: { userProperty: [["a", "b"]] } },
  "retained messages, which only a SUBSCRIBE has sent": { qos: 1 },
}))
  test(`${what} asks for it again`, (t) => {
    equal(sentFor(t, subscribed(t), options).length, 1);
  });

test("retained messages come at each start, without a write after the first", (t) => {
  const flash = subscribed(t, { qos: 1 });
  const { attacked, flash: next } = start(t, flash);
  void attacked.client.subscribe("a", { qos: 1 }, () => undefined);
  const socket = attacked.greet(RESUMED);
  deepEqual(socket.taken(), [hex(bytes("82 07 00 01 00 00 01 'a' 01"))]);
  socket.receive(SUBACK);
  equal(next.writes, 0);
});

test("a lost session is subscribed in anew, and MQTT 3.1.1 at each start", (t) => {
  deepEqual(sentFor(t, subscribed(t), QUIET, CONNACK), [SUBSCRIBE]);
  const { attacked } = start(t, subscribed(t), { version: 4 });
  void attacked.client.subscribe("a", QUIET, () => undefined);
  deepEqual(attacked.greet("20 02 01 00").taken(), [hex(bytes("82 06 00 01 00 01 'a' 01"))]);
});

test("a power cut before the SUBACK, the UNSUBACK or the CONNACK leaves nothing certain", (t) => {
  const asking = start(t);
  void asking.attacked.client.subscribe("a", QUIET, () => undefined).catch(() => undefined);
  asking.attacked.greet();
  deepEqual(sentFor(t, asking.flash, QUIET), [SUBSCRIBE]);

  const leaving = start(t, subscribed(t));
  void leaving.attacked.client.subscribe("a", QUIET, () => undefined).catch(() => undefined);
  void leaving.attacked.client.unsubscribe("a").catch(() => undefined);
  deepEqual(leaving.attacked.greet(RESUMED).taken(), [UNSUBSCRIBE]);
  deepEqual(sentFor(t, leaving.flash, QUIET), [SUBSCRIBE]);

  const coming = start(t, subscribed(t));
  void coming.attacked.client.subscribe("a", QUIET, () => undefined).catch(() => undefined);
  coming.attacked.accept();
  deepEqual(sentFor(t, coming.flash, QUIET), [SUBSCRIBE]);
});

test("what the program does not subscribe to any more is unsubscribed from, once", (t) => {
  const { attacked, flash } = start(t, subscribed(t));
  const socket = attacked.greet(RESUMED);
  deepEqual(socket.taken(), []);
  attacked.clock.advance();
  deepEqual(socket.taken(), [UNSUBSCRIBE]);
  socket.receive(UNSUBACK);
  deepEqual(attacked.errors, []);
  const next = start(t, flash).attacked;
  const link = next.greet(RESUMED);
  next.clock.advance();
  deepEqual(link.taken(), []);
});

test("flash that fails keeps nobody from subscribing", async (t) => {
  const { attacked, flash } = start(t);
  flash.onOperation = () => {
    throw new Error("no answer from flash");
  };
  const call = attacked.client.subscribe("a", QUIET, () => undefined);
  const socket = attacked.greet();
  deepEqual(socket.taken(), [SUBSCRIBE]);
  socket.receive(SUBACK);
  equal(await call, 1);
  deepEqual(attacked.errors, []);
});
