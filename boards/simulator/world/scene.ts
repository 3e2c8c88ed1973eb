/** What the world outside the chip is like at one moment. */
export interface Conditions {
  /** Degrees Celsius. */
  readonly temperature: number;
  /** Percent of relative humidity. */
  readonly humidity: number;
  /** Pascal. */
  readonly pressure: number;
}

/** The world's course: the conditions so many seconds after the boot. */
export type Scene = (seconds: number) => Conditions;

const daySeconds = 86_400;

/**
 * The default scene, a room beside a window: warmest at 15 h and driest then, air pressure with its two waves a day.
 * The boot is at 8 h.
 */
export function dailyCycle(seconds: number): Conditions {
  const day = (2 * Math.PI * (seconds / daySeconds + 8 / 24));
  const warmth = Math.cos(day - 2 * Math.PI * (15 / 24));
  return { temperature: 21 + 3 * warmth, humidity: 45 - 8 * warmth, pressure: 101_325 + 120 * Math.cos(2 * day - 2 * Math.PI * (20 / 24)) };
}
