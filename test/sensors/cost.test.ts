import { deepEqual, ok } from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { bundleText } from "../bench/bundle.js";
import { bytecode } from "../bench/figures.js";

/** Bytes of bytecode that a driver may have. */
const budget = 3072;

const drivers = {
  ADS1115: "ads1115", Battery: "battery", BH1750: "bh1750", BME280: "bme280", DigitalInput: "digital-input", DigitalOutput: "digital-output", INA219: "ina219",
  PMSA003I: "pmsa003i", PulseCounter: "pulse-counter", PWMOutput: "pwm-output", SCD4x: "scd4x", SHT4x: "sht4x",
} as const;

const compiled = (file: string): string => JSON.stringify(join(projectRoot, "build/js/src/sensors", file));
const exported = (name: string, file: string): string => `export { ${name} } from ${compiled(file)};`;

async function inDirectory<T>(use: (write: (name: string, text: string) => Promise<string>) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "xs-mqtt-sensors-"));
  try {
    return await use(async (name, text) => {
      const file = join(directory, `${name}.js`);
      await writeFile(file, text);
      return file;
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("no driver has more than 3 KiB of bytecode with all it needs, a BME280 beside the 1.2 KB that all drivers of a bus share", () =>
  inDirectory(async (write) => {
    const size = async (name: string, text: string): Promise<number> => bytecode(await write(name, await bundleText(text)));
    const shared = await size("shared", exported("RegisterBus, hex", "register-bus.js") + exported("identify", "identification.js"));
    ok(shared < 1229, `what is shared has ${shared} bytes`);
    for (const [name, folder] of Object.entries(drivers)) {
      const whole = await size(name, exported(name, `${folder}/${folder}.js`));
      // With what is shared, but for the one with the longest arithmetic.
      ok(whole <= (name === "BME280" ? budget + shared : budget), `${name} has ${whole} bytes`);
    }
  }));

test("no driver allocates while it measures, nor more than the sample itself when it is there", () =>
  inDirectory(async (write) => {
    const library = await write("drivers", await bundleText(Object.entries(drivers).map(([name, folder]) => exported(name, `${folder}/${folder}.js`)).join("\n")));
    const { stdout, stderr } = await runSimulator({
      main: join(projectRoot, "test/sensors/programs/allocation.js"), preload: { drivers: library }, world: join(projectRoot, "build/world.js"),
      clock: "virtual", heap: "unlimited", bits: 32, quiet: true, timeLimit: 60_000,
    });
    const lines = stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as { name: string; waiting: number; sample: number; size: number });
    deepEqual(lines.map(({ name }) => name).sort(), Object.keys(drivers).filter((name) => !name.endsWith("Output")).sort(), stderr);
    for (const { name, waiting, sample, size } of lines) deepEqual([name, waiting, sample], [name, 0, size]);
  }));
