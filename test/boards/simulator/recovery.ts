/** Recovery of a full partition of 64 KiB in the simulator, with an ESP32's heap. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleText, device } from "../../bench/bundle.js";
import { runWell, type Line } from "./harness.js";

const ENTRY = `
export { Journal } from "journal";
export { SessionStore } from "session-store";
export { TelemetryLog } from "telemetry-log";
export { Publication } from "publication";
export { Session } from "session";
`;
const files = { journal: "src/storage/journal.js", "session-store": "src/storage/session-store.js", "telemetry-log": "src/storage/telemetry-log.js", publication: "src/protocol/session/publication.js", session: "src/protocol/session/session.js" };

/** What fills the partition. */
export type Filling = "session" | "readings";

/** Runs tasks of fixtures/journal.js one after another on one partition. @returns what each of them wrote. */
async function runTasks(what: Filling, ...tasks: readonly string[]): Promise<Line[]> {
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  try {
    const storage = join(folder, "storage.js");
    await writeFile(storage, await bundleText(ENTRY, { external: device.external, files }));
    const options = { heap: "esp32", bits: 32, preload: { storage } } as const;
    const lines: Line[] = [];
    for (const task of tasks) lines.push(await runWell("journal", { ...options, ...(tasks.length > 1 && { storage: join(folder, what) }), args: [task, what] }));
    return lines;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Fills the simulator's partition in one run and finds it in the next. @returns what each of them wrote. */
export async function fillAndRecover(what: Filling): Promise<{ readonly filled: Line; readonly found: Line }> {
  const [filled = {}, found = {}] = await runTasks(what, "fill", "recover");
  return { filled, found };
}

/** Works on the simulator's partition for more than ten laps of its ring. @returns what that cost. */
export async function work(what: Filling): Promise<Line> {
  const [line = {}] = await runTasks(what, "work");
  return line;
}
