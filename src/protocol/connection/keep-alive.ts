/** A PINGREQ leaves this much before the Keep Alive is over, at most a tenth of it: the way to the server takes time too. */
const MARGIN_MILLISECONDS = 1000;

/** Milliseconds to wait for PINGRESP. */
export const PING_TIMEOUT = 10_000;

/**
 * When a PINGREQ or the end of a silent connection is due (MQTT 5.0, 3.1.2.10), or Infinity. All in milliseconds.
 * @param interval Keep Alive, 0 for none. @param asked when PINGRESP was asked for, if it was.
 */
export function keepAliveDeadline(interval: number, asked: number | undefined, lastSent: number, lastReceived: number): number {
  // While bytes come, PINGRESP may be behind a long payload.
  if (asked !== undefined) return (lastReceived > asked ? lastReceived : asked) + PING_TIMEOUT;
  if (interval === 0) return Infinity;
  const margin = interval / 10;
  return lastSent + interval - (margin < MARGIN_MILLISECONDS ? margin : MARGIN_MILLISECONDS);
}
