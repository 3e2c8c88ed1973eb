/** Runs the same cases inside XS, with the memory of an ESP32, without the oracles that need Node. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rollup } from "rollup";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";

/** What a run in the simulator came to. */
export interface SimulatedResult {
  readonly cases: number;
  /** For people. */
  readonly findings: readonly string[];
}

type Line = { readonly event: "progress"; readonly index: number } | { readonly event: "finding"; readonly text: string } | { readonly event: "done"; readonly cases: number };

/** How many cases there are between two lines that say how far it is. */
const STRIDE = 20;

async function bundle(output: string): Promise<void> {
  const bundled = await rollup({ input: fileURLToPath(new URL("campaign.js", import.meta.url)) });
  await bundled.write({ file: output, format: "es" });
  await bundled.close();
}

/** @param stress a garbage collection at every allocation. */
export async function runInSimulator(seed: number, first: number, cases: number, milliseconds: number, stress: boolean): Promise<SimulatedResult> {
  const folder = await mkdtemp(join(tmpdir(), "xs-mqtt-fuzz-"));
  try {
    const module = join(folder, "fuzz.js");
    await bundle(module);
    const limits = [seed, first, Math.min(cases, 0x7fffffff), Math.min(milliseconds, 0x7fffffff), STRIDE];
    const { code, stdout, stderr } = await runSimulator({
      main: join(projectRoot, "test/fuzz/programs/fuzz.js"), preload: { fuzz: module }, heap: "esp32", args: limits.map(String), stress, quiet: true,
    });
    const lines = stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Line);
    const findings = lines.flatMap((line) => (line.event === "finding" ? [line.text] : []));
    const at = lines.reduce((index, line) => (line.event === "progress" ? line.index : index), first);
    if (code !== 0) findings.push(`XS ends with ${code ?? "a signal"} at one of ${STRIDE} cases from ${at} on, seed ${seed}: ${stderr.trim()}\n`);
    const done = lines.find((line) => line.event === "done");
    return { cases: done?.cases ?? at - first, findings };
  } finally {
    await rm(folder, { recursive: true });
  }
}
