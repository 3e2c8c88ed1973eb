/** A PINGREQ leaves this much before the Keep Alive is over, at most a tenth of it: the way to the server takes time too. */
const MARGIN_MILLISECONDS = 1000;

/**
 * When a PINGREQ or the end of a silent connection is due (MQTT 5.0, 3.1.2.10), or Infinity. All in milliseconds.
 * @param interval Keep Alive, 0 for none. @param asked when PINGRESP was asked for, or -1. @param timeout how long it is waited for.
 */
export function keepAliveDeadline(interval: number, asked: number, timeout: number, lastSent: number, lastReceived: number): number {
  // While bytes come, PINGRESP may be behind a long payload.
  if (asked >= 0) return (lastReceived > asked ? lastReceived : asked) + timeout;
  if (interval === 0) return Infinity;
  const margin = interval / 10;
  return lastSent + interval - (margin < MARGIN_MILLISECONDS ? margin : MARGIN_MILLISECONDS);
}
