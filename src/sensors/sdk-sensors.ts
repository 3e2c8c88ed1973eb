/**
 * The Moddable SDK's sensors (modules/drivers/sensors), as far as their samples are figures. Their drivers are modules of the host: an
 * app includes the manifests of those that it needs. They check less than our own, and some wait in `sample` until a measurement is
 * done, 1 to 120 ms.
 */
import type { Quantity, Sensor, SensorType } from "./sensor-type.js";

/** How ECMA-419 has a sensor made. */
type SensorClass = new (options: Readonly<Record<string, unknown>>) => Sensor;

/** The last part of a specifier is the part's name. */
type Entry = readonly [specifier: string, description: string, connection: "I2C" | "SMBus", addresses: readonly number[], quantities: readonly Quantity[]];

const thermometer = (minimum: number, maximum: number): Quantity => ({ name: "temperature", group: "thermometer", unit: "°C", minimum, maximum, digits: 2 });
/** Of a sensor of one quantity, whose sample has no groups. */
const temperature = (minimum: number, maximum: number): Quantity => ({ name: "temperature", unit: "°C", minimum, maximum, digits: 2 });
const hygrometer: Quantity = { name: "humidity", group: "hygrometer", unit: "%", minimum: 0, maximum: 100, digits: 2 };
const barometer: Quantity = { name: "pressure", group: "barometer", unit: "Pa", minimum: 30_000, maximum: 110_000, digits: 2 };

const entries: readonly Entry[] = [
  ["Humidity-Temperature/AHT10", "Aosong AHT10, AHT20: temperature, humidity", "I2C", [0x38, 0x39], [thermometer(-40, 85), hygrometer]],
  ["Humidity-Temperature/AM2320", "Aosong AM2320: temperature, humidity", "I2C", [0x5c], [thermometer(-40, 80), hygrometer]],
  ["Barometer-Temperature/BMP180", "Bosch BMP180: temperature, air pressure", "I2C", [0x77], [thermometer(-40, 85), barometer]],
  ["Barometer-Temperature/BMP280", "Bosch BMP280: temperature, air pressure", "I2C", [0x76, 0x77], [thermometer(-40, 85), barometer]],
  ["CarbonDioxideGasSensor-VOCSensor/CCS811", "ams CCS811: volatile organic compounds, CO2 equivalent", "SMBus", [0x5a, 0x5b], [
    // The SDK's sample names it with a zero.
    { name: "eco2", group: "carbonDioxideGasSensor", property: "C02", unit: "ppm", minimum: 400, maximum: 32_768, digits: 0 },
    { name: "tvoc", group: "vocSensor", unit: "ppb", minimum: 0, maximum: 32_768, digits: 0 },
  ]],
  ["Humidity-Temperature/HTU21D", "TE HTU21D: temperature, humidity", "I2C", [0x40], [thermometer(-40, 125), hygrometer]],
  ["Temperature/LM75", "LM75: temperature", "SMBus", [0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f], [temperature(-55, 125)]],
  ["Temperature/MLX90614", "Melexis MLX90614: temperature by infrared", "SMBus", [0x5a], [temperature(-70, 380)]],
  ["Humidity-Temperature/SHT3x", "Sensirion SHT30, SHT31, SHT35: temperature, humidity", "I2C", [0x44, 0x45], [thermometer(-40, 125), hygrometer]],
  ["Humidity-Temperature/SHTC3", "Sensirion SHTC3: temperature, humidity", "I2C", [0x70], [thermometer(-40, 125), hygrometer]],
  ["Humidity-Temperature/SI7020", "Silicon Labs SI7020: temperature, humidity", "I2C", [0x40], [thermometer(-40, 125), hygrometer]],
  ["Temperature/TMP102", "Texas Instruments TMP102: temperature", "SMBus", [0x48, 0x49, 0x4a, 0x4b], [temperature(-55, 128)]],
  ["Temperature/TMP117", "Texas Instruments TMP117: temperature", "SMBus", [0x48, 0x49, 0x4a, 0x4b], [temperature(-55, 150)]],
];

/** @throws Error where the host has no such module. */
function load(host: (specifier: string) => unknown, specifier: string, manifest: string): SensorClass {
  const found = host(specifier);
  if (typeof found === "function") return found as SensorClass;
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

export const sdkTypes: readonly SensorType[] = entries.map(toType);
