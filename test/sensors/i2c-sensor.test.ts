/** What all drivers of parts on I2C have in common, with each of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADS1115Twin, ads1115Faults } from "../../boards/simulator/world/ads1115-twin.js";
import { BH1750Twin, bh1750Faults } from "../../boards/simulator/world/bh1750-twin.js";
import { BME280Twin, bme280Faults } from "../../boards/simulator/world/bme280-twin.js";
import { INA219Twin, ina219Faults } from "../../boards/simulator/world/ina219-twin.js";
import { PMSA003ITwin, pmsa003iFaults } from "../../boards/simulator/world/pmsa003i-twin.js";
import { SCD4xTwin, scd4xFaults } from "../../boards/simulator/world/scd4x-twin.js";
import { SHT4xTwin, sht4xFaults } from "../../boards/simulator/world/sht4x-twin.js";
import { ADS1115 } from "../../src/sensors/ads1115/ads1115.js";
import { BH1750 } from "../../src/sensors/bh1750/bh1750.js";
import { BME280 } from "../../src/sensors/bme280/bme280.js";
import type { I2CSensorOptions } from "../../src/sensors/i2c-sensor.js";
import { INA219 } from "../../src/sensors/ina219/ina219.js";
import { PMSA003I } from "../../src/sensors/pmsa003i/pmsa003i.js";
import { SCD4x } from "../../src/sensors/scd4x/scd4x.js";
import { SHT4x } from "../../src/sensors/sht4x/sht4x.js";
import { benches } from "./i2c-bench.js";

interface Subject {
  readonly name: string;
  readonly address: string;
  readonly Driver: new (options: I2CSensorOptions) => { sample(): object | undefined; configure(options: object): void; close(): void };
  readonly bench: ReturnType<typeof benches>;
}

const parts: readonly Subject[] = [
  { name: "ADS1115", address: "0x48", Driver: ADS1115, bench: benches(0x48, ADS1115Twin, ads1115Faults, {}) },
  { name: "BH1750", address: "0x23", Driver: BH1750, bench: benches(0x23, BH1750Twin, bh1750Faults, {}) },
  { name: "BME280", address: "0x76", Driver: BME280, bench: benches(0x76, BME280Twin, bme280Faults, {}) },
  { name: "INA219", address: "0x40", Driver: INA219, bench: benches(0x40, INA219Twin, ina219Faults, {}) },
  { name: "PMSA003I", address: "0x12", Driver: PMSA003I, bench: benches(0x12, PMSA003ITwin, pmsa003iFaults, {}) },
  { name: "SCD4x", address: "0x62", Driver: SCD4x, bench: benches(0x62, SCD4xTwin, scd4xFaults, {}) },
  { name: "SHT4x", address: "0x44", Driver: SHT4x, bench: benches(0x44, SHT4xTwin, sht4xFaults, {}) },
];

for (const { name, address, Driver, bench } of parts) {
  const silent = { message: `${name}: no answer at address ${address}: check wiring, power and address` };
  const closed = { message: `${name}: closed` };

  test(`${name}: options are checked before the bus is acquired; those given come before the part's own`, (context) => {
    const subject = bench(context);
    assert.throws(() => new Driver({ sensor: Object.assign({}, { io: undefined as never }) }), { name: "TypeError", message: `${name}: sensor.io must be an ECMA-419 I2C class` });
    assert.equal(subject.opened.length, 0);
    new Driver({ sensor: Object.freeze({ ...subject.options.sensor, hz: 50_000 }) }).close();
    assert.deepEqual(subject.opened, [{ ...subject.options.sensor, hz: 50_000, address: Number(address) }]);
  });

  test(`${name}: nothing at the address says what to check, and lets go of the bus`, (context) => {
    const subject = bench(context, "nack");
    assert.throws(() => new Driver(subject.options), silent);
    assert.equal(subject.closed, 1);
  });

  test(`${name}: one that stops answering is thrown and lets go of the bus; a new instance goes on`, (context) => {
    const subject = bench(context, "nack@10-20");
    const sensor = new Driver(subject.options);
    subject.sample(sensor, 7000);
    subject.tick(10_000);
    assert.throws(() => subject.sample(sensor, 7000, 100), silent);
    assert.equal(subject.closed, 1);
    assert.throws(() => sensor.sample(), closed);
    subject.tick(10_000);
    assert.ok(subject.sample(new Driver(subject.options), 7000));
  });

  test(`${name}: close twice lets go once; after that every method throws`, (context) => {
    const subject = bench(context);
    const sensor = new Driver(subject.options);
    sensor.close();
    sensor.close();
    assert.equal(subject.closed, 1);
    assert.throws(() => sensor.sample(), closed);
    assert.throws(() => sensor.configure({}), closed);
  });
}
