import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startBroker } from "../../boards/simulator/tools/broker.js";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { holdsReadme } from "./readme.js";
import { SimulatedFirmware } from "./simulated-firmware.js";

type Line = Readonly<Record<string, unknown>>;

/** Runs a program over the library in an ESP32's memory, against mosquitto. @returns what it emitted. */
async function run(program: string, heap: "esp32" | "esp32c3", ...args: string[]): Promise<Line> {
  const broker = await startBroker({ kind: "mosquitto" });
  try {
    const { code, stdout, stderr } = await runSimulator({
      main: join(projectRoot, "test/xs/programs", program), args: [broker.url, ...args],
      preload: { "xs-mqtt": join(projectRoot, "dist/xs-mqtt.js") }, heap, quiet: true,
    });
    equal(code, 0, stderr);
    return JSON.parse(stdout) as Line;
  } finally {
    await broker.stop();
  }
}

test("the README says what the whole node costs", async () => {
  const broker = await startBroker({ kind: "mosquitto" });
  const node = await SimulatedFirmware.boot({ broker: broker.url, node: "node-1", interval: 1 });
  try {
    const memory = await node.event("memory", 3);
    await holdsReadme("node", Number(memory["slots"]) + Number(memory["chunks"]));
  } finally {
    await node.end("SIGKILL");
    await broker.stop();
  }
});

test("a handler that calls its way to a publication with properties has stack enough on an ESP32-C3", async () => {
  const handled = await run("handler.js", "esp32c3");
  equal(handled["answered"], 5);
});

test("1 MiB goes out and comes in at QoS 2 within an ESP32's memory and the default buffers", async () => {
  const size = 1 << 20;
  const large = await run("large.js", "esp32", String(size));
  deepEqual([large["reasonCode"], large["received"], large["wrong"]], [0, size, 0]);
});
