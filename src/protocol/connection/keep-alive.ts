/** A PINGREQ leaves this much before the Keep Alive is over, at most a tenth of it: the way to the server takes time too. */
const MARGIN_MILLISECONDS = 1000;

/** Times of one connection as data (MQTT 5.0, 3.1.2.10): when a PINGREQ is due, and until when its answer. */
export class KeepAlive {
  /** The interval in milliseconds, 0 for none. */
  interval = 0;
  /** When the answer was last asked for, or -1 while none is awaited. */
  asked = -1;
  readonly #timeout: number;

  /** @param timeout milliseconds to wait for PINGRESP. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /**
   * When something has to be done next, or Infinity.
   * @param lastSent when something was last sent. @param lastReceived when something last came.
   */
  deadline(lastSent: number, lastReceived: number): number {
    // While bytes come, PINGRESP may be behind a long payload.
    if (this.asked >= 0) return (lastReceived > this.asked ? lastReceived : this.asked) + this.#timeout;
    const interval = this.interval;
    if (interval === 0) return Infinity;
    const margin = interval / 10;
    return lastSent + interval - (margin < MARGIN_MILLISECONDS ? margin : MARGIN_MILLISECONDS);
  }
}
