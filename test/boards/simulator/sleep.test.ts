import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { pipeOf } from "../../../boards/simulator/tools/dependent-process.js";
import { projectRoot } from "../../../boards/simulator/tools/paths.js";
import { runSimulator, spawnSimulator, type SimulatorOptions } from "../../../boards/simulator/tools/simulator.js";
import { ScriptedBroker } from "../../client/scripted-broker.js";
import { fixture, number, run } from "./harness.js";

async function directory(t: TestContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "sleep-"));
  t.after(() => rm(made, { recursive: true }));
  return made;
}

test("a deep sleep starts the program anew, with its memory and its date; a power cut loses the memory, the same way each time", async (t) => {
  const storage = await directory(t);
  const { code, lines } = await run("sleep", { heap: "esp32", clock: "virtual", storage, args: ["60000", "3"] });
  equal(code, 0);
  deepEqual(lines.map(({ length, count, ticks }) => [length, count, ticks]), [1, 2, 3].map((count) => [8192, count, true]));
  const dates = lines.map((line) => number(line, "date"));
  deepEqual([(dates[1] ?? 0) - (dates[0] ?? 0), (dates[2] ?? 0) - (dates[1] ?? 0)], [60_000, 60_000]);
  equal((await run("sleep", { storage, args: ["0", "1"] })).lines[0]?.["count"], 1);
});

test("a deep sleep on the real clock takes its time", async (t) => {
  const { lines } = await run("sleep", { storage: await directory(t), args: ["300", "2"] });
  const [before = 0, after = 0] = lines.map((line) => number(line, "date"));
  ok(lines.length === 2 && after - before >= 300, `${after - before} ms`);
});

test("flash that would be forgotten in a deep sleep is asked for", async () => {
  const { code, stderr } = await run("sleep", { args: ["0", "2"] });
  equal(code, 15);
  match(stderr, /a deep sleep keeps what is on flash: give --storage DIRECTORY/);
});

/** A node of the fixture. */
function node(broker: ScriptedBroker, storage: string, where: string, what: string): SimulatorOptions {
  return {
    main: fixture("deep-sleep"), args: [new URL(broker.url).port, where, what], heap: "esp32", storage, quiet: true,
    preload: { "xs-mqtt": join(projectRoot, "dist/xs-mqtt.js") },
  };
}

/** A node that has accepted a publication loses its power. */
async function cutPower(options: SimulatorOptions): Promise<void> {
  const child = await spawnSimulator(options, ["ignore", "pipe", "inherit"]);
  for await (const line of createInterface(pipeOf(child.stdout))) if (line.includes("accepted")) child.kill("SIGKILL");
}

/** The next connection: what was kept comes on it once, before the node says that it is awake. */
async function expectReading(broker: ScriptedBroker): Promise<void> {
  const link = await broker.welcome();
  await link.expect("34 10 00 07 'reading' 00 01 00 '21.5'");
  await link.expect("32 0A 00 05 'awake' 00 02 00");
  link.send("50 02 00 01");
  await link.expect("62 02 00 01");
  link.send("70 02 00 01", "40 02 00 02");
  await link.expect("E0 00");
}

/** The next connection: the node says that it is awake, and nothing else. */
async function expectNothing(broker: ScriptedBroker): Promise<void> {
  const link = await broker.welcome();
  await link.expect("32 0A 00 05 'awake' 00 01 00");
  link.send("40 02 00 01");
  await link.expect("E0 00");
}

for (const where of ["retained", "flash"])
  test(`a publication accepted before a deep sleep, its session ${where === "flash" ? "on flash" : "in retained memory"}, is sent after it, exactly once`, async (t) => {
    const broker = await ScriptedBroker.start(t);
    const storage = await directory(t);
    const running = runSimulator(node(broker, storage, where, "sleep"));
    await expectReading(broker);
    const { code, stdout } = await running;
    equal(code, 0);
    deepEqual(stdout.trim().split("\n").map((line) => JSON.parse(line) as unknown), [
      { kept: 0, damaged: 0, foreign: where === "retained" }, { accepted: true }, { kept: 2, damaged: 0, foreign: false },
    ]);
  });

test("after a power cut only flash has it", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const storage = await directory(t);
  await cutPower(node(broker, storage, "retained", "wait"));
  const forgotten = runSimulator(node(broker, storage, "retained", "connect"));
  await expectNothing(broker);
  match((await forgotten).stdout, /"kept":0,"damaged":0,"foreign":true/);

  await cutPower(node(broker, storage, "flash", "wait"));
  const kept = runSimulator(node(broker, storage, "flash", "connect"));
  await expectReading(broker);
  match((await kept).stdout, /"kept":2,"damaged":0,"foreign":false/);
});
