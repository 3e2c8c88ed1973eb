/** Handlers that wait for what stands behind the messages that wait for them: Keep Alive is the way out. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { FakeSocket } from "../client/fake-network.js";
import { bytes, hex, join } from "../protocol/support/bytes.js";
import { Attacked, PINGREQ, PINGRESP, RESUMED } from "./attacked.js";

const KEEP_ALIVE = 60_000;

/** Where the Packet Identifier of a publication to "r" stands in its packet. */
const IDENTIFIER = 5;

/** Answers publications to "r" until no more come. */
async function acknowledge(attacked: Attacked, socket: FakeSocket): Promise<void> {
  for (let sent = socket.taken(); sent.length > 0; sent = socket.taken()) {
    for (const packet of sent) {
      const data = bytes(packet);
      if (((data[0] ?? 0) & 0xf6) === 0x32) socket.receive("40 02", hex(data.subarray(IDENTIFIER, IDENTIFIER + 2)));
    }
    await attacked.settle();
  }
}

/** Time passes until the link is given up or Keep Alive has found it well several times. */
function wait(attacked: Attacked, milliseconds: number): void {
  for (let passed = 0; passed < milliseconds && attacked.ends.length === 0; passed += 1000) attacked.clock.advance(1000);
}

const HEX = Array.from({ length: 25 }, (_, i) => hex(Uint8Array.of(i + 1)));

test("handlers one after the other at QoS 0, the PUBACK behind a held message: Keep Alive ends the link, on the next one all finish", async (t) => {
  const attacked = new Attacked(t, { keepAlive: KEEP_ALIVE });
  const socket = attacked.greet();
  let chain: Promise<unknown> = Promise.resolve();
  let begun = 0;
  let done = 0;
  attacked.subscribe(() => {
    begun++;
    return (chain = chain.then(() => attacked.client.publish("r", "x", { qos: 1 })).then(() => done++)).then(() => undefined);
  });
  socket.receive(...HEX.map((payload) => `30 05 00 01 'a' 00 ${payload}`));
  await attacked.settle();
  await acknowledge(attacked, socket);
  deepEqual([begun, done], [20, 0]);
  wait(attacked, 2 * KEEP_ALIVE);
  deepEqual(attacked.ends.map(([kind, code]) => [kind, code]), [["transport", 0x8d]]);
  await acknowledge(attacked, attacked.greet(RESUMED));
  deepEqual([begun, done], [20, 20]);
});

test("a full table at QoS 1 in 3.1.1, the PUBACKs behind a held message: Keep Alive ends the link, on the next one all finish", async (t) => {
  const attacked = new Attacked(t, { clean: false, keepAlive: KEEP_ALIVE, queue: 100, version: 4 });
  const socket = attacked.greet("20 02 00 00");
  let begun = 0;
  let done = 0;
  attacked.subscribe(async () => {
    begun++;
    await attacked.client.publish("r", "x", { qos: 1 });
    done++;
  }, 1);
  socket.receive(...HEX.map((identifier) => `32 06 00 01 'a' 00 ${identifier} 'x'`));
  await attacked.settle();
  await acknowledge(attacked, socket);
  deepEqual([begun, done], [20, 0]);
  wait(attacked, 2 * KEEP_ALIVE);
  deepEqual(attacked.ends.map(([kind, code]) => [kind, code]), [["transport", 0x8d]]);
  await acknowledge(attacked, attacked.greet("20 02 01 00"));
  deepEqual([begun, done], [20, 20]);
});

test("handlers that merely take long, with nothing to be acknowledged, do not cost the link", async (t) => {
  const attacked = new Attacked(t, { keepAlive: KEEP_ALIVE });
  const socket = attacked.greet();
  const finish: (() => void)[] = [];
  attacked.subscribe(() => new Promise((resolve) => void finish.push(resolve)));
  socket.receive(...HEX.map((payload) => `30 05 00 01 'a' 00 ${payload}`));
  wait(attacked, 2 * KEEP_ALIVE);
  deepEqual([attacked.ends, finish.length, socket.taken()], [[], 20, [PINGREQ, PINGREQ]]);
  socket.receive(PINGRESP);
  for (let done = 0; done < HEX.length; done++) {
    finish[done]?.();
    await attacked.settle();
  }
  deepEqual([attacked.ends, finish.length, socket.unread], [[], 25, 0]);
});

test("a link that ends while a message is held: nothing wakes the client each second until it comes back", (t) => {
  const attacked = new Attacked(t, { keepAlive: KEEP_ALIVE, reconnect: { minimum: 3_600_000, maximum: 3_600_000 } });
  t.mock.method(Math, "random", () => 0.999);
  const socket = attacked.greet();
  attacked.subscribe(() => new Promise(() => undefined));
  socket.receive(...HEX.map((payload) => `30 05 00 01 'a' 00 ${payload}`));
  deepEqual([attacked.clock.next, socket.closed], [1000, false]);
  socket.fail();
  // The timer that was set finds nothing to do.
  attacked.clock.advance(1000);
  ok(attacked.clock.next > 3_000_000, `${attacked.clock.next} ms`);
});

test("a handler of a piece that fails when its connection is gone does not refuse the same message on the next one", async (t) => {
  const attacked = new Attacked(t, { receiveBuffer: 64 });
  const pieces: { readonly resolve: () => void; readonly reject: (reason: Error) => void }[] = [];
  const socket = attacked.greet();
  void attacked.client.subscribe("a", { qos: 1, pieces: true }, () => new Promise((resolve, reject) => void pieces.push({ resolve, reject })));
  socket.taken();
  socket.receive("90 04 00 01 00 01");
  const message = (first: string): Uint8Array => join(bytes(first, "6A 00 01 'a' 00 05 00"), new Uint8Array(100));
  socket.receiveBytes(message("32"));
  equal(pieces.length, 1);
  socket.fail();
  const next = attacked.greet(RESUMED);
  const again = message("3A");
  next.receiveBytes(again.subarray(0, 64));
  equal(pieces.length, 2);
  pieces[1]?.resolve();
  await attacked.settle();
  pieces[0]?.reject(new Error("no memory card"));
  await attacked.settle();
  next.receiveBytes(again.subarray(64));
  for (let i = 2; i < pieces.length; i++) {
    pieces[i]?.resolve();
    await attacked.settle();
  }
  deepEqual(next.taken(), ["40 02 00 05"]);
});
