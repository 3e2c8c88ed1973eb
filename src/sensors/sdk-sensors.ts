/**
 * The Moddable SDK's sensors (modules/drivers/sensors), as far as their samples are figures. Their drivers are modules of the host: an
 * app includes the manifests of those that it needs. They check less than our own, and some wait in `sample` until a measurement is
 * done, 1 to 120 ms.
 */
import type { Quantity, Sensor, SensorType } from "./sensor-type.js";

/** What the SDK's module "DS18X20" has: it is not of ECMA-419's shape. */
interface DS18X20 {
  /** Calls back when the conversion is done, with null when the checksum was wrong. */
  getTemperature(callback: (temperature: number | null) => void): void;
}

interface OneWire {
  close(): void;
}

/** A class of the SDK; its instances have the part of this that its module is known for. */
type HostClass = new (options: Readonly<Record<string, unknown>>) => Sensor & OneWire & DS18X20;

/** The last part of a specifier is the part's name. */
type Entry = readonly [specifier: string, description: string, connection: "I2C" | "SMBus", addresses: readonly number[], quantities: readonly Quantity[]];

const thermometer = (minimum: number, maximum: number): Quantity => ({ name: "temperature", group: "thermometer", unit: "°C", minimum, maximum, digits: 2 });
/** Of a sensor of one quantity, whose sample has no groups. */
const temperature = (minimum: number, maximum: number): Quantity => ({ name: "temperature", unit: "°C", minimum, maximum, digits: 2 });
const hygrometer: Quantity = { name: "humidity", group: "hygrometer", unit: "%", minimum: 0, maximum: 100, digits: 2 };
/** As the formula gives it, which leaves 0 to 100 at the ends: these drivers do not crop it. */
const rawHygrometer: Quantity = { ...hygrometer, minimum: -6, maximum: 119 };
const barometer: Quantity = { name: "pressure", group: "barometer", unit: "Pa", minimum: 30_000, maximum: 110_000, digits: 2 };

const entries: readonly Entry[] = [
  ["Humidity-Temperature/AHT10", "Aosong AHT10: temperature, humidity", "I2C", [0x38, 0x39], [thermometer(-40, 85), hygrometer]],
  ["Humidity-Temperature/AM2320", "Aosong AM2320: temperature, humidity", "I2C", [0x5c], [thermometer(-40, 80), hygrometer]],
  ["Barometer-Temperature/BMP180", "Bosch BMP180: temperature, air pressure", "I2C", [0x77], [thermometer(-40, 85), barometer]],
  ["Barometer-Temperature/BMP280", "Bosch BMP280: temperature, air pressure", "I2C", [0x76, 0x77], [thermometer(-40, 85), barometer]],
  ["CarbonDioxideGasSensor-VOCSensor/CCS811", "ams CCS811: volatile organic compounds, CO2 equivalent", "SMBus", [0x5a, 0x5b], [
    // The SDK's sample names it with a zero.
    { name: "eco2", group: "carbonDioxideGasSensor", property: "C02", unit: "ppm", minimum: 400, maximum: 32_768, digits: 0 },
    { name: "tvoc", group: "vocSensor", unit: "ppb", minimum: 0, maximum: 32_768, digits: 0 },
  ]],
  ["Humidity-Temperature/HTU21D", "TE HTU21D: temperature, humidity", "I2C", [0x40], [thermometer(-40, 125), rawHygrometer]],
  ["Temperature/LM75", "LM75: temperature", "SMBus", [0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f], [temperature(-55, 125)]],
  ["Temperature/MLX90614", "Melexis MLX90614: temperature by infrared", "SMBus", [0x5a], [temperature(-70, 380)]],
  ["Humidity-Temperature/SHT3x", "Sensirion SHT30, SHT31, SHT35: temperature, humidity", "I2C", [0x44, 0x45], [thermometer(-40, 125), hygrometer]],
  ["Humidity-Temperature/SHTC3", "Sensirion SHTC3: temperature, humidity", "I2C", [0x70], [thermometer(-40, 125), hygrometer]],
  ["Humidity-Temperature/SI7020", "Silicon Labs SI7020: temperature, humidity", "I2C", [0x40], [thermometer(-40, 125), rawHygrometer]],
  ["Temperature/TMP102", "Texas Instruments TMP102: temperature", "SMBus", [0x48, 0x49, 0x4a, 0x4b], [temperature(-55, 128)]],
  ["Temperature/TMP117", "Texas Instruments TMP117: temperature", "SMBus", [0x48, 0x49, 0x4a, 0x4b], [temperature(-55, 150)]],
];

/** The class that a module of the host exports; that it is of this shape is the SDK's word. @throws Error where there is no such module. */
function load(host: (specifier: string) => unknown, specifier: string, manifest: string): HostClass {
  const found = host(specifier);
  if (typeof found === "function") return found as HostClass;
  throw new Error(`${specifier} is a driver of the Moddable SDK: include $(MODDABLE)/modules/drivers/${manifest}/manifest.json in the app's manifest`);
}

/** What the SDK's drivers report through `onError` instead of throwing is thrown at the next sample. */
class Reporting implements Sensor {
  private readonly part: string;
  private readonly sensor: Sensor;
  private failure: string | undefined;

  constructor(part: string, make: (onError: (reason: unknown) => void) => Sensor) {
    this.part = part;
    this.sensor = make((reason) => this.failure = String(reason));
    this.check();
  }

  close(): void {
    this.sensor.close();
  }

  sample(): object | undefined {
    const sample = this.sensor.sample();
    this.check();
    return sample;
  }

  private check(): void {
    if (this.failure !== undefined) throw new Error(`${this.part}: ${this.failure}`);
  }
}

/** A DS18B20 or DS18S20, the first on its own pin, as a sensor of ECMA-419. */
class OneWireThermometer implements Sensor {
  private readonly bus: OneWire;
  private readonly thermometer: DS18X20;
  private measuring = false;
  private result: number | null | undefined;

  constructor(bus: OneWire, thermometer: HostClass) {
    this.bus = bus;
    try {
      this.thermometer = new thermometer({ bus });
    } catch (error) {
      bus.close();
      throw error;
    }
  }

  close(): void {
    this.bus.close();
  }

  /** @throws Error when the checksum is wrong. */
  sample(): { readonly temperature: number } | undefined {
    const { result } = this;
    if (!this.measuring) {
      this.measuring = true;
      this.result = undefined;
      this.thermometer.getTemperature((temperature) => this.result = temperature);
      return undefined;
    }
    if (result === undefined) return undefined;
    this.measuring = false;
    if (result === null) throw new Error("DS18X20: wrong checksum: check wiring and pull-up resistor");
    return { temperature: result };
  }
}

const ds18x20Type: SensorType = {
  name: "DS18X20",
  description: "Maxim DS18B20, DS18S20: temperature, one on a pin of its own",
  connection: "Digital",
  quantities: [temperature(-55, 125)],
  options: [],
  poll: 100,
  timeout: 2000,
  open: ({ sensor, load: host }) => {
    const bus = load(host, "onewire", "onewire");
    return new OneWireThermometer(new bus({ pin: sensor.pin }), load(host, "DS18X20", "onewire"));
  },
};

function toType([path, description, connection, addresses, quantities]: Entry): SensorType {
  const name = path.slice(path.indexOf("/") + 1);
  const specifier = `embedded:sensor/${path}`;
  return {
    name, description, connection, addresses, quantities,
    options: [],
    open: (place) => {
      const driver = load(place.load, specifier, `sensors/${name.toLowerCase()}`);
      return new Reporting(name, (onError) => new driver({ sensor: place.sensor, onError }));
    },
  };
}

export const sdkTypes: readonly SensorType[] = [...entries.map(toType), ds18x20Type];
