/* global device */
/** What each driver allocates in `sample`, in bytes: while it measures, and for a sample; and what the sample itself takes. */
import { emit, measure } from "simulator";
import Timer from "timer";
import * as drivers from "drivers";

const i2c = (address) => ({ sensor: { ...device.I2C.default, address } });
const digital = (pin) => ({ sensor: { io: device.io.Digital, pin }, timer: Timer });
const subjects = {
  ADS1115: () => new drivers.ADS1115(i2c(0x48)),
  Battery: () => new drivers.Battery({ sensor: { io: device.io.Analog, pin: 34 } }),
  BH1750: () => new drivers.BH1750(i2c(0x23)),
  BME280: () => new drivers.BME280(i2c(0x76)),
  DigitalInput: () => new drivers.DigitalInput(digital(4)),
  INA219: () => new drivers.INA219(i2c(0x40)),
  PMSA003I: () => new drivers.PMSA003I(i2c(0x12)),
  PulseCounter: () => new drivers.PulseCounter(digital(5)),
  SCD4x: () => new drivers.SCD4x(i2c(0x62)),
  SHT4x: () => new drivers.SHT4x(i2c(0x44)),
};

/** Samples before what is counted: the first finds out serial number and calibration. */
const WARM = 3;
const COUNTED = 5;

function inUse() {
  const { slots, chunks } = measure();
  return slots + chunks;
}

/** An object takes a slot and one for each property. */
function size(object) {
  return Object.values(object).reduce((total, value) => total + 16 + (typeof value === "object" ? size(value) : 0), 16);
}

function follow(name, sensor) {
  const allocated = { waiting: 0, sample: 0, sampleItself: 0 };
  let samples = 0;
  const timer = Timer.repeat(() => {
    const empty = inUse();
    const before = inUse();
    const sample = sensor.sample();
    const bytes = inUse() - before - (before - empty);
    const kind = sample ? "sample" : "waiting";
    if (samples >= WARM) allocated[kind] = Math.max(allocated[kind], bytes);
    if (!sample) return;
    allocated.sampleItself = size(sample);
    if (++samples < WARM + COUNTED) return;
    Timer.clear(timer);
    sensor.close();
    emit({ name, allocated });
  }, 50);
}

Object.entries(subjects).forEach(([name, open]) => follow(name, open()));
