import type { Clock } from "./clock.js";
import type { Sample } from "./host.js";

/** The readings as members of a JSON object: degrees Celsius, percent, pascal, two decimals at most. */
export function formatSample(sample: Sample): string {
  let json = "";
  if (sample.thermometer) json += `,"temperature":${round(sample.thermometer.temperature)}`;
  if (sample.hygrometer) json += `,"humidity":${round(sample.hygrometer.humidity)}`;
  if (sample.barometer) json += `,"pressure":${round(sample.barometer.pressure)}`;
  return json.slice(1);
}

/** A failure as a member of a JSON object. */
export function formatError(error: unknown): string {
  return `"error":${JSON.stringify(error instanceof Error ? error.message : String(error))}`;
}

/**
 * A telemetry message: when, and readings or a failure.
 * @param members - from {@link formatSample} or {@link formatError}.
 * @param RSSI - signal strength of the Wi-Fi in dBm.
 */
export function formatTelemetry(clock: Clock, members: string, RSSI?: number): string {
  const time = clock.time();
  return `{${time === undefined ? "" : `"time":${time},`}"uptime":${clock.uptime()},${members}${RSSI === undefined ? "" : `,"rssi":${RSSI}`}}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
