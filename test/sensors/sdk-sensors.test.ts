import assert from "node:assert/strict";
import { test } from "node:test";
import { readParts, type SensorSettings } from "../../src/node/sensor-configuration.js";
import { openSensor, type Workbench } from "../../src/node/parts.js";
import type { Bus } from "../../src/sensors/bus.js";
import { registry } from "../../src/sensors/registry.js";
import type { Sensor } from "../../src/sensors/sensor-type.js";
import { FakeTimers } from "../node/fake-host.js";
import { FakePins } from "./fake-pins.js";

class NoBus implements Bus {
  static readonly made: unknown[] = [];

  constructor(options: Record<string, unknown>) {
    NoBus.made.push(options);
  }

  read(): void {
    throw new Error("there is nothing");
  }

  write(): void {
    this.read();
  }

  writeRead(): void {
    this.read();
  }

  close(): void {
    NoBus.made.pop();
  }
}

function settings(fields: Readonly<Record<string, unknown>>): SensorSettings {
  const [found] = readParts({ it: fields }, registry).sensors;
  assert.ok(found);
  return found;
}

function open(fields: Readonly<Record<string, unknown>>, modules: Readonly<Record<string, unknown>>): Sensor {
  const device = { I2C: { default: { io: NoBus, data: 21 } }, io: { SMBus: NoBus, Digital: new FakePins().Digital } };
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

test("a driver that the app does not include says which manifest has it", () => {
  assert.throws(() => open({ type: "BMP280" }, {}), /embedded:sensor\/Barometer-Temperature\/BMP280 is a driver of the Moddable SDK: include \$\(MODDABLE\)\/modules\/drivers\/sensors\/bmp280\/manifest\.json/);
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
