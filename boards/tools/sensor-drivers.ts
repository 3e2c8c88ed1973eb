/** Drivers of the Moddable SDK that the sensors of a configuration need: a build has those whose manifests are included. */
import { readParts } from "../../src/node/sensor-configuration.js";
import { registry } from "../../src/sensors/registry.js";
import { UsageError } from "../simulator/tools/command-line.js";

/**
 * @param sensors - the firmware's option, if there is one.
 * @returns paths of manifests to include.
 * @throws UsageError naming the entry, the field and what is allowed, as the device would at its start.
 */
export function sensorDrivers(sensors: unknown): readonly string[] {
  if (sensors === undefined || sensors === "") return [];
  try {
    const entries: unknown = typeof sensors === "string" ? JSON.parse(sensors) : sensors;
    const folders = readParts(entries, registry, busesOf(entries)).sensors.flatMap(({ type: { driver } }) => driver ?? []);
    return [...new Set(folders)].map((folder) => `$(MODDABLE)/modules/drivers/${folder}/manifest.json`);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Which buses there are only the board knows. */
function busesOf(entries: unknown): readonly string[] {
  const fields: readonly unknown[] = Object.values(Object(entries) as object);
  return ["default", ...fields.flatMap((field) => typeof field === "object" && field !== null && "bus" in field && typeof field.bus === "string" ? field.bus : [])];
}
