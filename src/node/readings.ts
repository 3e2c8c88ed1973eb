import type { Quantity } from "../sensors/sensor-type.js";
import { Filter } from "./filter.js";
import type { SensorSettings } from "./sensor-configuration.js";

/** What makes readings news. */
interface News {
  readonly delta: readonly number[];
  /** Seconds. */
  readonly heartbeat: number;
  /** What was told last, and at what uptime. */
  readonly told: number[];
  toldAt: number;
}

/** What a sensor's samples become: checked, calibrated, filtered, and told only when they differ enough. */
export class Readings {
  /** By the type's quantities; NaN where the sample has none. An array: of so few numbers it is smaller than a typed one. */
  readonly values: number[];
  private readonly quantities: readonly Quantity[];
  private readonly filters: readonly Filter[] | undefined;
  /** Absent where everything is told. */
  private readonly news: News | undefined;

  constructor(settings: SensorSettings) {
    const { type: { quantities }, scale, offset, median, average, delta, heartbeat } = settings;
    this.quantities = quantities;
    this.values = quantities.map(() => NaN);
    // A sensor without filters keeps none.
    if (scale || offset || median > 1 || average > 1) this.filters = quantities.map((_, index) => new Filter(settings, index));
    if (delta) this.news = { delta, heartbeat: heartbeat ?? Infinity, told: [], toldAt: -Infinity };
  }

  /**
   * Takes a sample.
   * @throws Error when it has none of the sensor's quantities, or a value that the part cannot measure: then nothing of it is taken.
   */
  take(sample: object): void {
    const { values, quantities, filters } = this;
    let found = 0;
    for (let index = 0; index < quantities.length; index++) {
      const quantity = quantities[index];
      const value = quantity ? pick(sample, quantity) : undefined;
      if (quantity && value !== undefined) {
        found++;
        if (!(value >= quantity.minimum && value <= quantity.maximum))
          throw new Error(`${quantity.name} ${value} is absurd: must be from ${quantity.minimum} to ${quantity.maximum}${quantity.unit === "" ? "" : ` ${quantity.unit}`}`);
      }
      values[index] = value ?? NaN;
    }
    if (found === 0) throw new Error(`the sample has no ${quantities.map(({ name }) => name).join(" and no ")}`);
    if (filters) for (let index = 0; index < filters.length; index++) if (!Number.isNaN(values[index])) values[index] = filters[index]?.next(values[index] ?? 0) ?? 0;
  }

  /** Whether the values are to be told: they differ by the threshold, or it is time. @param uptime - seconds. */
  isNews(uptime: number): boolean {
    const { news, values } = this;
    if (!news) return true;
    const { delta, told } = news;
    let differ = uptime - news.toldAt >= news.heartbeat || news.toldAt === -Infinity;
    for (let index = 0; index < values.length; index++) if (Math.abs((values[index] ?? 0) - (told[index] ?? 0)) >= (delta[index] ?? Infinity)) differ = true;
    if (!differ) return false;
    for (let index = 0; index < values.length; index++) told[index] = values[index] ?? NaN;
    news.toldAt = uptime;
    return true;
  }

  /** The values as members of a JSON object, each with as many decimals as its quantity has. */
  format(): string {
    let json = "";
    for (let index = 0; index < this.quantities.length; index++) {
      const quantity = this.quantities[index];
      const value = this.values[index] ?? NaN;
      if (quantity && !Number.isNaN(value)) json += `,"${quantity.name}":${round(value, quantity.digits)}`;
    }
    return json.slice(1);
  }
}

/** A quantity's value in a sample. */
function pick(sample: object, { name, group, property = name, factor = 1 }: Quantity): number | undefined {
  const holder = group === undefined ? sample : member(sample, group);
  const value = typeof holder === "object" && holder !== null ? member(holder, property) : undefined;
  return typeof value === "number" ? value * factor : undefined;
}

function member(holder: object, name: string): unknown {
  return (holder as Readonly<Record<string, unknown>>)[name];
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
