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

/** Fills the simulator's partition in one run and finds it in the next. @returns what each of them wrote (fixtures/journal.js). */
export async function fillAndRecover(what: Filling): Promise<{ readonly filled: Line; readonly found: Line }> {
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  try {
    const storage = join(folder, "storage.js");
    await writeFile(storage, await bundleText(ENTRY, { external: device.external, files }));
    const options = { heap: "esp32", bits: 32, preload: { storage }, storage: join(folder, what) } as const;
    const filled = await runWell("journal", { ...options, args: ["fill", what] });
    return { filled, found: await runWell("journal", { ...options, args: ["recover", what] }) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
