import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { registry } from "../../src/sensors/registry.js";
import { sdkTypes } from "../../src/sensors/sdk-sensors.js";
import { type DriverFigures, drivers, measureDrivers } from "./driver-figures.js";

/** Bytes of bytecode that a driver may have, alone in a build with all that it shares with others. */
const budget = 3072;

/** A driver's row in the table of docs/sensors.md. */
function row(name: string, { bytecode, allocated }: DriverFigures): string {
  return `| ${name} | ${(bytecode / 1024).toFixed(1)} KiB | ${allocated ? `${allocated.sampleItself} bytes` : ""} |`;
}

test("every own driver has at most 3 KiB of bytecode with all it needs, and allocates nothing but the sample itself", async () => {
  const own = registry.filter((type) => !sdkTypes.some((sdk) => sdk === type));
  deepEqual(Object.keys(drivers).sort(), own.map(({ name }) => name).sort());
  const directory = await mkdtemp(join(tmpdir(), "xs-mqtt-sensors-"));
  try {
    const figures = await measureDrivers(directory);
    const documentation = await readFile(join(projectRoot, "docs/sensors.md"), "utf8");
    for (const type of own) {
      const driver = figures[type.name];
      ok(driver && driver.bytecode <= budget, `${type.name} has ${driver?.bytecode ?? "no"} bytes`);
      equal(driver.allocated !== undefined, "open" in type, `${type.name} is measured`);
      if (driver.allocated) deepEqual(driver.allocated, { waiting: 0, sample: driver.allocated.sampleItself, sampleItself: driver.allocated.sampleItself }, type.name);
      ok(documentation.includes(row(type.name, driver)), `docs/sensors.md has no row ${row(type.name, driver)}`);
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
