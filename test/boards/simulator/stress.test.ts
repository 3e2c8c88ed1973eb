import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, run, withServer } from "./harness.js";
import type { SimulatorOptions } from "../../../boards/simulator/tools/simulator.js";

/** Runs a fixture with a collection at every allocation and without: it must say the same. */
async function compare(name: string, options: Omit<SimulatorOptions, "main">): Promise<void> {
  const calm = await run(name, options);
  const stressed = await run(name, { ...options, stress: true });
  assert.equal(stressed.code, calm.code, stressed.stderr);
  assert.deepEqual(stressed.lines, calm.lines);
}

const programs: Record<string, Omit<SimulatorOptions, "main">> = {
  "arguments": { args: ["a", "b"], config: { deep: { list: [1, 2, 3] } }, resources: { greeting: fixture("collect") } },
  "exception": {},
  "flash": {},
  "handled-rejection": {},
  "hardware": { clock: "virtual", world: fixture("world"), worldArgs: ["0.5"] },
  "key-value": {},
  "lost-rejection": {},
  "resolver": {},
  "timers": { clock: "virtual" },
  "wifi": { clock: "virtual" },
};

for (const [name, options] of Object.entries(programs))
  test(`${name} does the same with a collection at every allocation`, async () => { await compare(name, { heap: "esp32", ...options }); });

test("preloaded code does the same with a collection at every allocation", async () => {
  const options = { heap: "esp32", preload: { library: fixture("preload-library") } } as const;
  const [calm, stressed] = [await run("preload", options), await run("preload", { ...options, stress: true })];
  assert.equal(stressed.code, 0, stressed.stderr);
  assert.deepEqual(stressed.lines[0]?.["result"], calm.lines[0]?.["result"]);
});

test("sockets do the same with a collection at every allocation", async () => {
  await withServer(
    (socket) => socket.pipe(socket),
    async (port) => { await compare("tcp-echo", { heap: "esp32", args: [String(port), "20000"] }); },
  );
  await withServer(
    (socket) => socket.once("data", () => socket.end("abcdefgh")),
    async (port) => { await compare("tcp-read", { heap: "esp32", args: [String(port)] }); },
  );
});
