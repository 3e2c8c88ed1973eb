import type { Result } from "./run.js";

/** What must not be. @returns a sentence for each. */
export function violations({ fromDevice, toDevice, connections, damaged, errors }: Result): string[] {
  const found = [...errors];
  for (const [direction, accounts] of [["from the device", fromDevice], ["to the device", toDevice]] as const) {
    for (const qos of [1, 2] as const) {
      const { lost, repeated } = accounts[qos];
      if (lost.length > 0) found.push(`lost ${direction} at QoS ${qos}: ${lost.join(", ")}`);
      if (qos === 2 && repeated.length > 0) found.push(`doubled ${direction} at QoS 2: ${repeated.join(", ")}`);
    }
  }
  if (connections.fresh !== 1) found.push(`mosquitto had lost the device's session ${connections.fresh - 1} times`);
  if (damaged > 0) found.push(`${damaged} places on flash were damaged`);
  return found;
}
