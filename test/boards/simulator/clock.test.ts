import assert from "node:assert/strict";
import { test } from "node:test";
import { number, runWell, withServer } from "./harness.js";

test("timers fire in order, with every way to set, repeat, move and clear them", async () => {
  const { log, delta } = await runWell("timers", { clock: "virtual", heap: "esp32" });
  assert.deepEqual(log, [
    "now@0", "set@5", "again@12", "repeat@20", "again@27", "once@30", "moved@40", "repeat@40", "again@42", "set@55", "again@57",
    "repeat@60", "again@72", "blocked@300",
  ]);
  assert.equal(delta, 300);
});

test("a day passes in seconds on the virtual clock, for timers, ticks and the calendar alike", async () => {
  const start = performance.now();
  assert.deepEqual(await runWell("one-day", { clock: "virtual" }), { samples: 8640, hours: 24, ticks: 86_400_000 });
  assert.ok(performance.now() - start < 5000);
});

test("the real clock takes the time it takes", async () => {
  const start = performance.now();
  const line = await runWell("timers", { clock: "real" });
  assert.ok(performance.now() - start >= 300);
  assert.ok(number(line, "delta") >= 300);
});

test("a peer in another process has time to answer before the virtual clock jumps", async () => {
  const result = await withServer(
    (socket) => socket.on("data", (data) => socket.write(data)),
    async (port) => await runWell("virtual-peer", { clock: "virtual", args: [String(port)], grace: 500 }),
  );
  assert.deepEqual(result, { asked: 24, answered: 24, late: 0, hours: 25 });
});

test("on a network with a round trip everything from the peer comes that much later", async () => {
  const { log } = await withServer(
    (socket) => socket.on("data", (data) => { if (data[0] === 3) socket.end(); else socket.write(data); }),
    async (port) => await runWell("round-trip", { clock: "virtual", roundTrip: 100, args: [String(port)], grace: 500 }),
  );
  assert.deepEqual(log, ["connected@100", "1@200", "2@230", "end@330"]);
});
