import type { Clock } from "./clock.js";

/** Where a sensor tells, after the node's name. @param sensor - its name; empty: the only one, which has none. */
export function telemetryTopic(sensor: string): string {
  return sensor === "" ? "telemetry" : `telemetry/${sensor}`;
}

/** A failure as a member of a JSON object. */
export function formatError(error: unknown): string {
  return `"error":${JSON.stringify(error instanceof Error ? error.message : String(error))}`;
}

/**
 * A telemetry message: when, and readings or a failure.
 * @param members - from `Readings` or {@link formatError}.
 * @param RSSI - signal strength of the Wi-Fi in dBm.
 * @param measured - when, in milliseconds since 1970; undefined: now.
 */
export function formatTelemetry(clock: Clock, members: string, RSSI?: number, measured?: number): string {
  const time = clock.time(measured);
  return `{${time === undefined ? "" : `"time":${time},`}"uptime":${clock.uptime()},${members}${RSSI === undefined ? "" : `,"rssi":${RSSI}`}}`;
}
