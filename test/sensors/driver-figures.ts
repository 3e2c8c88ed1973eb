/** What our drivers cost a device, one by one: for `npm run bench` and for the test that holds them to it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { bundleText } from "../bench/bundle.js";
import { bytecode } from "../bench/figures.js";

/** Our drivers, and their folders in src/sensors. */
export const drivers = {
  ADS1115: "ads1115", Battery: "battery", BH1750: "bh1750", BME280: "bme280", DigitalInput: "digital-input", DigitalOutput: "digital-output", INA219: "ina219",
  PMSA003I: "pmsa003i", PulseCounter: "pulse-counter", PWMOutput: "pwm-output", SCD4x: "scd4x", SHT4x: "sht4x",
} as const;

export interface DriverFigures {
  /** Bytes of bytecode with all that the driver needs, as if it were alone in the build. */
  readonly bytecode: number;
  /** Absent of an actuator. All in bytes. */
  readonly allocated?: {
    /** By a call of `sample` that finds no measurement done. */
    readonly waiting: number;
    /** By one that gives a sample. */
    readonly sample: number;
    /** What the sample itself takes. */
    readonly sampleItself: number;
  };
}

const exported = (name: keyof typeof drivers): string =>
  `export { ${name} } from ${JSON.stringify(join(projectRoot, "build/js/src/sensors", drivers[name], `${drivers[name]}.js`))};`;

/** Measures all drivers in the 32-bit simulator. @param directory - for temporary files. */
export async function measureDrivers(directory: string): Promise<Record<string, DriverFigures>> {
  const names = (Object.keys(drivers) as (keyof typeof drivers)[]);
  const bundle = async (file: string, text: string): Promise<string> => {
    const path = join(directory, `${file}.js`);
    await writeFile(path, await bundleText(text));
    return path;
  };
  const allocated = await measureAllocation(await bundle("drivers", names.map(exported).join("\n")));
  const figures: Record<string, DriverFigures> = {};
  for (const name of names) {
    const own = allocated.get(name);
    figures[name] = { bytecode: await bytecode(await bundle(name, exported(name))), ...(own && { allocated: own }) };
  }
  return figures;
}

async function measureAllocation(library: string): Promise<Map<string, DriverFigures["allocated"]>> {
  const { stdout } = await runSimulator({
    main: join(projectRoot, "test/sensors/programs/allocation.js"), preload: { drivers: library }, world: join(projectRoot, "build/world.js"),
    clock: "virtual", heap: "unlimited", bits: 32, quiet: true, timeLimit: 60_000,
  });
  const lines = stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as { readonly name: string; readonly allocated: Required<DriverFigures>["allocated"] });
  return new Map(lines.map(({ name, allocated }) => [name, allocated]));
}
