/** What the world outside the chip is like at one moment. */
export interface Conditions {
  /** Degrees Celsius. */
  readonly temperature: number;
  /** Percent of relative humidity. */
  readonly humidity: number;
  /** Pascal. */
  readonly pressure: number;
  /** Carbon dioxide in parts per million. */
  readonly co2: number;
  /** Lux. */
  readonly illuminance: number;
  /** Particles up to 1, 2.5 and 10 micrometres in micrograms per cubic metre. */
  readonly pm1: number;
  readonly pm2_5: number;
  readonly pm10: number;
  /** Volts of the supply: a battery. */
  readonly supplyVoltage: number;
  /** Amperes that the load takes from the supply. */
  readonly current: number;
  /** A contact to ground: 1 closed, 0 open. */
  readonly contact: number;
  /** Pulses per second of a meter. */
  readonly pulseRate: number;
}

/** The world's course: the conditions so many seconds after the boot, or those of them that somebody needs. */
export type Scene<Name extends keyof Conditions = keyof Conditions> = (seconds: number) => Pick<Conditions, Name>;

const daySeconds = 86_400;

/**
 * The default scene, a room beside a window: warmest at 15 h and driest then, air pressure with its two waves a day, brightest at 13 h;
 * used air and dust rise with the day's work. A solar cell charges the battery; a door opens for 20 s every minute; a meter turns once
 * in two seconds. The boot is at 8 h.
 */
export function dailyCycle(seconds: number): Conditions {
  const day = (2 * Math.PI * (seconds / daySeconds + 8 / 24));
  const warmth = Math.cos(day - 2 * Math.PI * (15 / 24));
  const light = Math.max(Math.cos(day - 2 * Math.PI * (13 / 24)), 0);
  return {
    temperature: 21 + 3 * warmth,
    humidity: 45 - 8 * warmth,
    pressure: 101_325 + 120 * Math.cos(2 * day - 2 * Math.PI * (20 / 24)),
    co2: 650 + 200 * warmth,
    illuminance: 2 + 1500 * light,
    pm1: 5 + 2 * warmth,
    pm2_5: 8 + 3 * warmth,
    pm10: 12 + 5 * warmth,
    supplyVoltage: 3.85 + 0.2 * light,
    current: 0.08 + 0.02 * light,
    contact: seconds % 60 < 20 ? 0 : 1,
    pulseRate: 0.5,
  };
}
