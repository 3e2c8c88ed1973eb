import { deepEqual, ok } from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bundleText, device } from "../../bench/bundle.js";
import { number, runWell, type Line } from "./harness.js";

const ENTRY = `
export { Journal } from "journal";
export { SessionStore } from "session-store";
export { TelemetryLog } from "telemetry-log";
export { Publication } from "publication";
export { Session } from "session";
`;
const files = { journal: "src/storage/journal.js", "session-store": "src/storage/session-store.js", "telemetry-log": "src/storage/telemetry-log.js", publication: "src/protocol/session/publication.js", session: "src/protocol/session/session.js" };

let folder = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "journal-"));
  await writeFile(join(folder, "storage.js"), await bundleText(ENTRY, { external: device.external, files }));
});

after(() => rm(folder, { recursive: true }));

/** Fills the simulator's partition of 64 KiB in one run of an ESP32, and finds it in the next. */
async function fillAndRecover(what: "session" | "readings"): Promise<Line[]> {
  const options = { heap: "esp32", bits: 32, preload: { storage: join(folder, "storage.js") }, storage: join(folder, what) } as const;
  return [await runWell("journal", { ...options, args: ["fill", what] }), await runWell("journal", { ...options, args: ["recover", what] })];
}

/** Checks what was found, and what it took: RAM in bytes, and steps. */
function check(line: Line, expected: Line, limit: { ram: number; steps: number }): void {
  const { steps, ram, garbage, ...found } = line;
  deepEqual(found, { damaged: 0, foreign: false, resumed: true, ...expected });
  ok(Number(ram) <= limit.ram && Number(steps) <= limit.steps, `${String(ram)} bytes of RAM, ${String(garbage)} of garbage, ${String(steps)} steps`);
}

test("a full partition of a session is found again by an ESP32, with its publications in flight", async () => {
  const [, found = {}] = await fillAndRecover("session");
  check(found, { kept: 10, readings: 0, exchanges: 8, delivered: 0 }, { ram: 3000, steps: 1_200_000 });
});

test("a full partition of readings is found again by an ESP32, and each of them with its bytes", async () => {
  const [filled = {}, found = {}] = await fillAndRecover("readings");
  const readings = number(filled, "count");
  ok(readings > 500, `${readings} readings`);
  check(found, { kept: 2, readings, exchanges: 0, delivered: readings }, { ram: 3000, steps: 500_000 });
});
