/** A session on flash before flash that fails, sources that misbehave and little room: what is sent, and what stays kept. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { ConnectOptions } from "../../src/client/options.js";
import { MqttError } from "../../src/protocol/error.js";
import { Journal } from "../../src/storage/journal.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { Attacked, RESUMED } from "../hostile/attacked.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { refused } from "../protocol/support/encoding.js";
import { FakeFlash } from "../storage/fake-flash.js";
import { Random } from "../storage/random.js";

/** A client with its session on flash of its own. */
function onFlash(t: TestContext, options: ConnectOptions = {}, liveRecords = 16): { attacked: Attacked; flash: FakeFlash; kept: () => number } {
  const flash = new FakeFlash({ blocks: 8, blockLength: 512, writeAlign: 4 }, new Random(1));
  const open = (from: FakeFlash): Journal => new Journal(from, { recordLength: 128, liveRecords });
  const journal = open(flash);
  const attacked = new Attacked(t, { storage: new SessionStore(journal), ...options });
  const before = journal.live.count;
  return { attacked, flash, kept: () => open(flash.restart()).live.count - before };
}

const FAILED = "flash cannot be written: no answer from flash: check the partition table, replace a chip that is worn out";

/** Lets the next operations fail. */
function fail(flash: FakeFlash, failures: number): void {
  let left = failures;
  flash.onOperation = () => {
    if (left-- > 0) throw new Error("no answer from flash");
  };
}

for (const given of [0, 5])
  test(`a durable publication whose source of 4 bytes gives ${given} is refused, and nothing of it is kept or sent`, async (t) => {
    const { attacked, kept } = onFlash(t);
    const call = attacked.client.publish("a", { byteLength: 4, read: () => new Uint8Array(given) }, { qos: 1, durability: "flash" });
    await rejects(call, { kind: "configuration", message: `a payload source must give 1 to 4 bytes, not ${given}` });
    equal(kept(), 0);
    deepEqual(attacked.greet().taken(), []);
  });

test("a durable publication at QoS 2 for which there is no room writes no record until it is sent, and one then", (t) => {
  const { attacked, flash } = onFlash(t);
  const socket = attacked.greet();
  socket.writable(4);
  void attacked.client.publish("topic", "payload", { qos: 2, durability: "flash" }).catch(() => undefined);
  const { writes } = flash;
  for (let i = 0; i < 10; i++) socket.writable(4);
  deepEqual([flash.writes - writes, socket.taken()], [0, []]);
  socket.writable(100);
  deepEqual([flash.writes - writes, socket.taken().length], [1, 1]);
  // Sent again it is known already.
  socket.fail();
  attacked.greet(RESUMED);
  equal(flash.writes - writes, 1);
});

test("a durable publication whose source closes the client rejects and stays kept", async (t) => {
  const { attacked, kept } = onFlash(t);
  attacked.greet();
  const before = kept();
  let reads = 0;
  const read = (): Uint8Array => {
    // Once for flash, once for the broker.
    if (++reads === 2) void attacked.client.close();
    return new Uint8Array(4);
  };
  await rejects(attacked.client.publish("a", { byteLength: 4, read }, { qos: 1, durability: "flash" }), { kind: "transport", message: "the client was closed" });
  deepEqual([reads, kept() - before], [2, 1]);
});

for (const failures of [1, Infinity])
  test(`flash that fails ${failures === 1 ? "once" : "for good"} as a received identifier is kept: it is reported, PUBREC goes out, and reading goes on`, (t) => {
    const { attacked, flash } = onFlash(t);
    const socket = attacked.greet();
    const got: string[] = [];
    attacked.subscribe((text) => void got.push(text), 2);
    fail(flash, failures);
    socket.receive("34 07 00 01 'a' 00 01 00 'x'", "30 05 00 01 'a' 00 'y'", "3C 07 00 01 'a' 00 01 00 'x'");
    deepEqual([got, socket.taken(), socket.unread], [["x", "y"], ["50 02 00 01", "50 02 00 01"], 0]);
    // Asked again it tries again.
    equal(attacked.errors.length, Math.min(failures, 2));
    deepEqual([attacked.errors[0]?.kind, attacked.errors[0]?.message], ["resource", `a callback failed: ${FAILED}`]);
  });

test("flash that fails rejects durable publications, says why, and nothing else suffers; when it works again they are taken", async (t) => {
  const { attacked, flash, kept } = onFlash(t);
  const socket = attacked.greet();
  fail(flash, Infinity);
  const error = await attacked.client.publish("a", "x", { qos: 1, durability: "flash" }).catch((thrown: unknown) => thrown);
  ok(error instanceof MqttError && error.cause instanceof Error);
  deepEqual([error.kind, error.message, error.cause.message], ["resource", FAILED, "no answer from flash"]);
  void attacked.client.publish("a", "y", { qos: 1 });
  deepEqual(socket.taken(), [hex(bytes("32 07 00 01 'a' 00 02 00 'y'"))]);
  fail(flash, 0);
  const call = attacked.client.publish("a", "z", { qos: 1, durability: "flash" });
  deepEqual(socket.taken(), [hex(bytes("32 07 00 01 'a' 00 03 00 'z'"))]);
  // Its end cannot be noted: the caller is told all the same.
  fail(flash, 1);
  socket.receive("40 02 00 03");
  equal(await call, 0);
  deepEqual([kept(), attacked.errors.map(({ kind, message }) => `${kind}: ${message}`)], [2, [`resource: a callback failed: ${FAILED}`]]);
});

test("flash that fails as the session begins does not end the connection: that is noted with what is kept next", (t) => {
  const { attacked, flash, kept } = onFlash(t);
  fail(flash, 1);
  const socket = attacked.greet();
  equal(kept(), 0);
  void attacked.client.publish("a", "x", { qos: 1, durability: "flash" }).catch(() => undefined);
  deepEqual([socket.taken(), kept()], [[hex(bytes("32 07 00 01 'a' 00 01 00 'x'"))], 2]);
});

for (const failures of [1, Infinity])
  test(`flash that fails ${failures === 1 ? "once" : "for good"} as a received identifier is forgotten: it is reported, PUBCOMP goes out, and reading goes on`, (t) => {
    const { attacked, flash } = onFlash(t);
    const socket = attacked.greet();
    const got: string[] = [];
    attacked.subscribe((text) => void got.push(text), 2);
    socket.receive("34 07 00 01 'a' 00 01 00 'x'");
    deepEqual(socket.taken(), ["50 02 00 01"]);
    fail(flash, failures);
    socket.receive("62 02 00 01", "30 05 00 01 'a' 00 'y'", "32 07 00 01 'a' 00 02 00 'z'");
    deepEqual([got, socket.taken(), socket.unread], [["x", "y", "z"], ["70 02 00 01", "40 02 00 02"], 0]);
    deepEqual(attacked.errors.map(({ kind, message }) => `${kind}: ${message}`), [`resource: a callback failed: ${FAILED}`]);
    // The identifier is free again.
    fail(flash, 0);
    socket.receive("34 07 00 01 'a' 00 01 00 'w'");
    deepEqual([got.at(-1), socket.taken()], ["w", ["50 02 00 01"]]);
  });

test("QoS 2 messages whose identifiers the journal has no room for are acknowledged, and not delivered again on the next connection", (t) => {
  const { attacked } = onFlash(t, {}, 3);
  const socket = attacked.greet();
  let got = 0;
  attacked.subscribe(() => {
    got++;
  }, 2);
  const identifiers = ["01", "02", "03", "04"];
  socket.receive(...identifiers.map((identifier) => `34 06 00 01 'a' 00 ${identifier} 00`));
  deepEqual([got, socket.taken()], [4, identifiers.map((identifier) => `50 02 00 ${identifier}`)]);
  socket.fail();
  const next = attacked.greet(RESUMED);
  next.receive(...identifiers.map((identifier) => `3C 06 00 01 'a' 00 ${identifier} 00`));
  deepEqual([got, next.taken()], [4, identifiers.map((identifier) => `50 02 00 ${identifier}`)]);
});

test("clean: true with a session on flash is refused; clean: false is what it is anyway", (t) => {
  refused(() => onFlash(t, { clean: true }), /^clean must be left out or false with the option storage$/);
  equal(onFlash(t, { clean: false }).attacked.greet().closed, false);
});

test("what cannot be kept is refused where its topic is prepared", (t) => {
  const { client } = onFlash(t).attacked;
  refused(() => client.topic("a", { durability: "flash" }), /^qos must be 1 or 2 with durability flash$/);
  refused(() => client.topic("a", { qos: 1, durability: "flash", properties: { topicAlias: 1 } }), /^properties\.topicAlias must be left out with durability flash/);
  refused(() => new Attacked(t, {}).client.topic("a", { qos: 1, durability: "flash" }), /^durability must be memory, or flash with the option storage$/);
});

test("a session on flash is one client's at a time: another gets it once that one is closed", async (t) => {
  const storage = new SessionStore(new Journal(new FakeFlash({ blocks: 8, blockLength: 512, writeAlign: 4 }, new Random(1)), { recordLength: 128 }));
  const { client } = new Attacked(t, { storage });
  refused(() => new Attacked(t, { storage }), /^storage must be of one client only: close the other one first, or give each a journal of its own$/);
  await client.close();
  new Attacked(t, { storage });
});
