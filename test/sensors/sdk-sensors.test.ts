import assert from "node:assert/strict";
import { test } from "node:test";
import { readParts, type SensorSettings } from "../../src/node/sensor-configuration.js";
import { openSensor, type Workbench } from "../../src/node/parts.js";
import { Readings } from "../../src/node/readings.js";
import { registry } from "../../src/sensors/registry.js";
import type { Sensor } from "../../src/sensors/sensor-type.js";
import { FakeTimers } from "../node/fake-host.js";
import { NoAnalog, NoBus } from "./empty-device.js";
import { FakePins } from "./fake-pins.js";

function settings(fields: Readonly<Record<string, unknown>>): SensorSettings {
  const [found] = readParts({ it: fields }, registry, ["default"]).sensors;
  assert.ok(found);
  return found;
}

function open(fields: Readonly<Record<string, unknown>>, modules: Readonly<Record<string, unknown>>): Sensor {
  const device = { I2C: { default: { io: NoBus, data: 21 } }, io: { SMBus: NoBus, Digital: new FakePins().Digital, Analog: NoAnalog } };
  const bench: Workbench = { device, timer: new FakeTimers(), load: (specifier) => modules[specifier] };
  return openSensor(bench, settings(fields), { measure: () => undefined });
}

/** Options of a driver of the SDK, as it gets them. */
interface Options {
  readonly sensor: Readonly<Record<string, unknown>>;
  readonly onError: (reason: string) => void;
}

test("a driver of the SDK gets bus, address and the class that it needs", () => {
  let given: Options | undefined;
  class TMP117 implements Sensor {
    constructor(options: Options) {
      given = options;
    }
    sample(): object {
      return { temperature: 21, alert: 0 };
    }
    close(): void {
      given = undefined;
    }
  }
  const sensor = open({ type: "TMP117", address: "0x49" }, { "embedded:sensor/Temperature/TMP117": TMP117 });
  assert.deepEqual(given?.sensor, { io: NoBus, data: 21, address: 0x49 });
  assert.deepEqual(sensor.sample(), { temperature: 21, alert: 0 });
  sensor.close();
  assert.equal(given, undefined);
});

test("what a driver of the SDK reports, in the constructor or later, is thrown", () => {
  const broken = class {
    readonly closed = true;
    constructor({ onError }: Options) {
      onError("unexpected sensor");
    }
  };
  assert.throws(() => open({ type: "SHT3x" }, { "embedded:sensor/Humidity-Temperature/SHT3x": broken }), /^Error: SHT3x: unexpected sensor$/);
  const late = class implements Sensor {
    readonly #onError: Options["onError"];
    constructor({ onError }: Options) {
      this.#onError = onError;
    }
    sample(): object {
      this.#onError("bad checksum");
      return { thermometer: { temperature: 21 }, hygrometer: {} };
    }
    close(): void {
      this.#onError("closed");
    }
  };
  const sensor = open({ type: "SHT3x" }, { "embedded:sensor/Humidity-Temperature/SHT3x": late });
  assert.throws(() => sensor.sample(), /SHT3x: bad checksum/);
});

test("a sample with nothing in it is none yet", () => {
  let ready = false;
  const colours = class implements Sensor {
    configuration: unknown;
    configure(configuration: unknown): void {
      this.configuration = configuration;
    }
    sample(): object {
      return ready ? { proximity: { proximity: 0.5 }, configuration: this.configuration } : {};
    }
    close(): void {
      ready = false;
    }
  };
  const sensor = open({ type: "APDS9960" }, { "embedded:sensor/AmbientLight-Gesture-Proximity/APDS9960": colours });
  assert.equal(sensor.sample(), undefined);
  ready = true;
  assert.deepEqual(sensor.sample(), { proximity: { proximity: 0.5 }, configuration: { on: true, enableALS: true, enableProximity: true } });
});

test("samples of the SDK's shapes become telemetry in the registry's units", () => {
  const told = (type: string, sample: object): string => {
    const readings = new Readings(settings({ type }));
    readings.take(sample);
    return readings.format();
  };
  // As each driver of SDK 8.2.3 gives them: a share instead of percent, g instead of metres per square second, axes without a group.
  assert.equal(told("BME68x", { thermometer: { temperature: 21.5 }, hygrometer: { humidity: 0.4512 }, barometer: { pressure: 101_325 } }), '"temperature":21.5,"humidity":45.12,"pressure":101325');
  assert.equal(told("MPU6886", { accelerometer: { x: 0, y: 0, z: 1 }, thermometer: { temperature: 25 }, gyroscope: { x: 1, y: 2, z: 3 } }),
    '"accelerationX":0,"accelerationY":0,"accelerationZ":9.807,"rotationX":1,"rotationY":2,"rotationZ":3,"temperature":25');
  assert.equal(told("LIS3DH", { x: 0.1, y: -0.2, z: 9.8 }), '"accelerationX":0.1,"accelerationY":-0.2,"accelerationZ":9.8');
  assert.equal(told("SEN0322", { O: 209_000 }), '"oxygen":209000');
  assert.equal(told("URM09", { proximity: { max: 500, distance: null }, thermometer: { temperature: 20 } }), '"temperature":20', "nothing in reach");
  assert.throws(() => told("APDS9301", { overflow: true }), /the sample has no illuminance/);
});

test("a thermistor is told what it is", () => {
  const given: unknown[] = [];
  const thermistor = class implements Sensor {
    constructor(options: unknown) {
      given.push(options);
    }
    configure(options: unknown): void {
      given.push(options);
    }
    sample(): object {
      return { temperature: 25 };
    }
    close(): void {
      given.pop();
    }
  };
  open({ type: "NTC_Thermistor", pin: 34, beta: 3950, pullup: 1 }, { "embedded:sensor/Temperature/NTC_Thermistor": thermistor });
  assert.deepEqual(given, [
    { sensor: { io: NoAnalog, pin: 34 } }, { series_resistance: 10_000, thermistor_resistance: 10_000, beta: 3950, averaging: 16, pullup: true },
  ]);
});

test("a driver that the app does not include says which manifest has it", () => {
  assert.throws(() => open({ type: "BMP280" }, {}), /embedded:sensor\/Barometer-Temperature\/BMP280 is a driver of the Moddable SDK: include \$\(MODDABLE\)\/modules\/drivers\/sensors\/bmp280\/manifest\.json/);
  assert.throws(() => open({ type: "ZIOQWIICMOISTURE" }, {}), /drivers\/sensors\/zioQwiicSoilMoisture\/manifest\.json/);
  assert.throws(() => open({ type: "DS18X20", pin: 13 }, {}), /onewire is a driver of the Moddable SDK: include .*drivers\/onewire\/manifest\.json/);
});

test("a DS18X20 converts without blocking; a wrong checksum is thrown", () => {
  let callback: ((temperature: number | null) => void) | undefined;
  const pins: unknown[] = [];
  const onewire = class {
    constructor(options: unknown) {
      pins.push(options);
    }
    close(): void {
      pins.pop();
    }
  };
  const thermometer = class {
    getTemperature(done: (temperature: number | null) => void): void {
      callback = done;
    }
  };
  const sensor = open({ type: "DS18X20", pin: 13 }, { onewire, DS18X20: thermometer });
  assert.deepEqual(pins, [{ pin: 13 }]);
  assert.deepEqual([sensor.sample(), sensor.sample()], [undefined, undefined]);
  callback?.(20.5);
  assert.deepEqual(sensor.sample(), { temperature: 20.5 });
  sensor.sample();
  callback?.(null);
  assert.throws(() => sensor.sample(), /DS18X20: wrong checksum/);
  sensor.close();
  assert.deepEqual(pins, []);
});
