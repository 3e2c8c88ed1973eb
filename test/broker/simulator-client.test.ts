import { deepEqual, equal, ok } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startBroker } from "../../boards/simulator/tools/broker.js";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { SimulatedFirmware } from "./simulated-firmware.js";

type Line = Readonly<Record<string, unknown>>;

/** Runs a program over the library in an ESP32's memory, against mosquitto. @returns what it emitted and the simulator's report. */
async function run(program: string, ...args: string[]): Promise<[emitted: Line, report: Line]> {
  const broker = await startBroker({ kind: "mosquitto" });
  try {
    const { code, stdout, stderr } = await runSimulator({
      main: join(projectRoot, "test/xs/programs", program), args: [broker.url, ...args],
      preload: { "xs-mqtt": join(projectRoot, "dist/xs-mqtt.js") }, heap: "esp32", report: true, quiet: true,
    });
    equal(code, 0, stderr);
    const [emitted = {}, report = {}] = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Line);
    return [emitted, report];
  } finally {
    await broker.stop();
  }
}

/** A number of the README's table, by the comment before it. */
async function readmeNumber(name: string): Promise<number> {
  const readme = await readFile(join(projectRoot, "README.md"), "utf8");
  return Number(new RegExp(`<!-- ${name} -->.*\\| ([\\d,]+) bytes`).exec(readme)?.[1]?.replaceAll(",", ""));
}

/** The README may be this much off, in bytes: names of hosts and ports differ in length. */
const TOLERANCE = 64;

async function matchesReadme(name: string, measured: unknown): Promise<void> {
  const written = await readmeNumber(name);
  ok(Math.abs(Number(measured) - written) <= TOLERANCE, `README.md says ${written} bytes for "${name}", measured are ${String(measured)}`);
}

test("the README says what a connected, idle client costs", async () => {
  const [idle, report] = await run("idle.js");
  equal(report["bits"], 32, "memory is measured in the 32-bit simulator: apt-get install gcc-multilib");
  await matchesReadme("idle", idle["ram"]);
  await matchesReadme("bytecode", (report["bytecode"] as Record<string, number>)["xs-mqtt"]);
});

test("the README says what the whole node costs", async () => {
  const broker = await startBroker({ kind: "mosquitto" });
  const node = await SimulatedFirmware.boot({ broker: broker.url, node: "node-1", interval: 1 });
  try {
    const memory = await node.event("memory", 3);
    await matchesReadme("node", Number(memory["slots"]) + Number(memory["chunks"]));
  } finally {
    await node.end("SIGKILL");
    await broker.stop();
  }
});

test("1 MiB goes out and comes in at QoS 2 within an ESP32's memory and the default buffers", async () => {
  const size = 1 << 20;
  const [large] = await run("large.js", String(size));
  deepEqual([large["reasonCode"], large["received"], large["wrong"]], [0, size, 0]);
});
