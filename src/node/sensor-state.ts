import type { SensorSettings } from "./sensor-configuration.js";

/** A failure that lasts. */
export interface Failing {
  /** Whether the sensor is given up until the next start. */
  readonly stopped: boolean;
  /** Seconds since 1970; undefined: nobody had set the clock. */
  readonly since: number | undefined;
  readonly error: string;
}

/**
 * What is to be known of a sensor between its readings, as a JSON object.
 * @param interval - the present one, in seconds.
 * @param failing - undefined: it works.
 */
export function formatState({ type }: SensorSettings, interval: number, failing: Failing | undefined): string {
  let units = "";
  for (const { name, unit } of type.quantities) units += `,"${name}":${JSON.stringify(unit)}`;
  const state = failing ? `"${failing.stopped ? "stopped" : "failing"}"${failing.since === undefined ? "" : `,"since":${failing.since}`},"error":${JSON.stringify(failing.error)}` : '"working"';
  return `{"type":"${type.name}","interval":${interval},"units":{${units.slice(1)}},"state":${state}}`;
}
