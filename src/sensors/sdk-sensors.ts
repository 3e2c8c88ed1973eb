/**
 * The Moddable SDK's sensors as types of the registry. Their drivers are modules of the host: an app includes the manifests of those that
 * it needs. They check less than our own, and some wait in `sample` until a measurement is done, 1 to 200 ms.
 */
import { type SDKPart, sdkParts, temperature } from "./sdk-parts.js";
import type { Sensor, SensorType } from "./sensor-type.js";

/** What the SDK's module "DS18X20" has: it is not of ECMA-419's shape. */
interface DS18X20 {
  /** Calls back when the conversion is done, with null when the checksum was wrong. */
  getTemperature(callback: (temperature: number | null) => void): void;
}

interface OneWire {
  close(): void;
}

interface Configurable {
  configure(options: object): void;
}

/** A class of the SDK; its instances have the part of this that its module is known for. */
type HostClass = new (options: Readonly<Record<string, unknown>>) => Sensor & Configurable & OneWire & DS18X20;

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

  /** @returns undefined also for a sample that has nothing in it: so some say that they have not measured yet. */
  sample(): object | undefined {
    const sample = this.sensor.sample();
    this.check();
    return sample && Object.keys(sample).length > 0 ? sample : undefined;
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

const oneWire = "onewire";

const ds18x20Type: SensorType = {
  name: "DS18X20",
  driver: oneWire,
  description: "Maxim DS18B20, DS18S20: temperature, one on a pin of its own",
  connection: "Digital",
  quantities: [temperature(-55, 125)],
  options: [],
  poll: 100,
  timeout: 2000,
  open: ({ sensor, load: host }) => {
    const bus = load(host, "onewire", oneWire);
    return new OneWireThermometer(new bus({ pin: sensor.pin }), load(host, "DS18X20", oneWire));
  },
};

const ntcThermistor = "sensors/ntcThermistor";

/** A thermistor needs to be told what it is. The names are those that the driver knows. */
const ntcThermistorType: SensorType = {
  name: "NTC_Thermistor",
  driver: ntcThermistor,
  description: "NTC thermistor and a resistor at an analog pin: temperature",
  connection: "Analog",
  quantities: [temperature(-55, 200)],
  options: [
    { name: "series_resistance", minimum: 1, maximum: 1e7, default: 10_000 },
    { name: "thermistor_resistance", minimum: 1, maximum: 1e7, default: 10_000 },
    { name: "beta", minimum: 1000, maximum: 10_000, default: 3435 },
    { name: "averaging", minimum: 1, maximum: 64, default: 16, whole: true },
    { name: "pullup", minimum: 0, maximum: 1, default: 0, whole: true },
  ],
  open: ({ sensor, options, load: host }) => {
    const driver = new (load(host, "embedded:sensor/Temperature/NTC_Thermistor", ntcThermistor))({ sensor });
    driver.configure({ ...options, pullup: options["pullup"] === 1 });
    return driver;
  },
};

function toType([path, description, connection, addresses, quantities, { folder, configuration } = {}]: SDKPart): SensorType {
  const name = path.slice(path.indexOf("/") + 1);
  const specifier = `embedded:sensor/${path}`;
  const manifest = `sensors/${folder ?? name.toLowerCase()}`;
  return {
    name, description, connection, addresses, quantities, driver: manifest,
    options: [],
    open: (place) => {
      const driver = load(place.load, specifier, manifest);
      return new Reporting(name, (onError) => {
        const sensor = new driver({ sensor: place.sensor, onError });
        if (configuration) sensor.configure(configuration);
        return sensor;
      });
    },
  };
}

export const sdkTypes: readonly SensorType[] = [...sdkParts.map(toType), ds18x20Type, ntcThermistorType];
