/** A PINGREQ leaves this much before the Keep Alive is over, at most a tenth of it: the way to the server takes time too. */
const MARGIN_MILLISECONDS = 1000;

/** Milliseconds to wait for PINGRESP. */
export const PING_TIMEOUT = 10_000;

/**
 * When the next PINGREQ is due, though one may be unanswered: something has to be sent in every Keep Alive (MQTT 5.0, 3.1.2-20).
 * @param interval Keep Alive, 0 for none. @returns milliseconds, or Infinity.
 */
export function pingDeadline(interval: number, lastSent: number): number {
  if (interval === 0) return Infinity;
  const margin = interval / 10;
  return lastSent + interval - (margin < MARGIN_MILLISECONDS ? margin : MARGIN_MILLISECONDS);
}

/** When a connection is dead on which PINGRESP was asked for. While bytes come, it may be behind a long payload. All in milliseconds. */
export function answerDeadline(asked: number, lastReceived = asked): number {
  return (lastReceived > asked ? lastReceived : asked) + PING_TIMEOUT;
}
