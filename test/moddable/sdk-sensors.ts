/** The firmware reads sensors through drivers of the SDK. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { findBoard } from "../../boards/tools/boards.js";
import type { Sdk } from "../../boards/tools/sdk.js";
import { sensorDrivers } from "../../boards/tools/sensor-drivers.js";
import { openSensor } from "../../src/node/parts.js";
import { readParts } from "../../src/node/sensor-configuration.js";
import { registry } from "../../src/sensors/registry.js";
import { sdkTypes } from "../../src/sensors/sdk-sensors.js";
import { FakeTimers } from "../node/fake-host.js";
import { FakePins } from "../sensors/fake-pins.js";
import { NoAnalog, NoBus } from "../sensors/empty-device.js";
import { link } from "./build.js";
import { observing, type Proof } from "./proofs.js";

const sensors = { air: { type: "SHT3x" }, wall: { type: "BMP280", onFailure: "stop" } };

export const sdkSensorRuns: Proof = async (bench) => {
  const folder = join(projectRoot, "test/moddable/sdk-sensor");
  const program = {
    include: [join(projectRoot, "manifest.json"), ...sensorDrivers({ air: sensors.air })],
    modules: {
      "~": join(projectRoot, "build/moddable/desktop"),
      "main": join(folder, "main"), "sht3x-bus": join(folder, "sht3x"), "firmware-main": join(projectRoot, "build/moddable/main"),
    },
    config: { broker: bench.broker.url, node: "sdk", interval: 1, sensors },
  };
  await observing(bench, "sdk-sensor", program, async (see) => {
    const { temperature, humidity } = JSON.parse(await see("xs-mqtt/sdk/telemetry/air")) as Readonly<Record<string, unknown>>;
    assert.deepEqual([temperature, humidity], [25, 50]);
    assert.match(await see("xs-mqtt/sdk/telemetry/wall"), /BMP280 is a driver of the Moddable SDK: include .*bmp280\/manifest\.json/);
  });
  return "the firmware with the SDK's driver of the SHT3x, loaded by name; one whose driver is not in the build says which line is missing";
};

function entry(type: string): Readonly<Record<string, unknown>> {
  return { type, ...((type === "DS18X20" || type === "NTC_Thermistor") && { pin: 0 }) };
}

/** The module that a type asks its host for. */
function moduleOf(type: string): string {
  let asked = "";
  const load = (specifier: string): undefined => {
    asked ||= specifier;
  };
  const device = { I2C: { default: { io: NoBus } }, io: { SMBus: NoBus, Digital: new FakePins().Digital, Analog: NoAnalog } };
  const [settings] = readParts({ it: entry(type) }, registry, ["default"]).sensors;
  assert.ok(settings);
  assert.throws(() => openSensor({ device, timer: new FakeTimers(), load }, settings, { measure: () => undefined }));
  return asked;
}

/** Links the firmware with each driver of the SDK that the registry knows. @throws Error for one that no manifest brings under the name that the registry asks for. */
export async function linkSdkSensors(sdk: Sdk): Promise<void> {
  const drivers = sdkTypes.flatMap(({ name }) => sensorDrivers({ it: entry(name) }));
  const { modules } = await link(sdk, { ...findBoard("esp32"), name: "sdk-sensors" }, drivers);
  for (const { name } of sdkTypes) assert.ok(modules.includes(moduleOf(name).replace("embedded:", "~.embedded/")), `${name}: ${moduleOf(name)} is not in the build`);
}
