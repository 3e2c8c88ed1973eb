/** A session on flash before flash that fails, sources that misbehave and little room: what is sent, and what stays kept. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { ConnectOptions } from "../../src/client/options.js";
import { Journal } from "../../src/storage/journal.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { Attacked, RESUMED } from "../hostile/attacked.js";
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
  test(`flash that fails ${failures === 1 ? "once" : "for good"} as a received identifier is forgotten: it is reported, PUBCOMP goes out, and reading goes on`, (t) => {
    const { attacked, flash } = onFlash(t);
    const socket = attacked.greet();
    const got: string[] = [];
    attacked.subscribe((text) => void got.push(text), 2);
    socket.receive("34 07 00 01 'a' 00 01 00 'x'");
    deepEqual(socket.taken(), ["50 02 00 01"]);
    let left = failures;
    flash.onOperation = () => {
      if (left-- > 0) throw new Error("no answer from flash");
    };
    socket.receive("62 02 00 01", "30 05 00 01 'a' 00 'y'", "32 07 00 01 'a' 00 02 00 'z'");
    deepEqual([got, socket.taken(), socket.unread], [["x", "y", "z"], ["70 02 00 01", "40 02 00 02"], 0]);
    deepEqual(attacked.errors.map(({ message }) => message), ["a callback failed: no answer from flash"]);
    // The identifier is free again.
    left = 0;
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
  refused(() => onFlash(t, { clean: true }), /^clean must be false or left out where there is the option storage$/);
  equal(onFlash(t, { clean: false }).attacked.greet().closed, false);
});
