import type { Actuator, ActuatorType, ChangeListener, Place, Sensor } from "../sensors/sensor-type.js";
import type { BusOptions } from "../sensors/bus.js";
import type { Device, Timers } from "./host.js";
import type { ActuatorSettings, PartSettings, SensorSettings } from "./sensor-configuration.js";

/** What parts are made with. */
export interface Workbench {
  readonly device: Device;
  readonly timer: Timers;
  /** A module of the host by its specifier; undefined where it is not included. */
  readonly load?: (specifier: string) => unknown;
}

/** Makes a sensor on this device. @throws Error naming what the device lacks; whatever the driver throws. */
export function openSensor(bench: Workbench, settings: SensorSettings, listener: ChangeListener): Sensor {
  const { type } = settings;
  const { io } = bench.device;
  switch (type.connection) {
    case "I2C":
      return type.open(place(bench, settings, onBus(bench.device, settings), listener));
    case "SMBus":
      return type.open(place(bench, settings, { ...onBus(bench.device, settings), io: need(io?.SMBus, "io.SMBus") }, listener));
    case "Digital":
      return type.open(place(bench, settings, { io: need(io?.Digital, "io.Digital"), pin: settings.pin }, listener));
    case "Analog":
      return type.open(place(bench, settings, { io: need(io?.Analog, "io.Analog"), pin: settings.pin }, listener));
  }
}

/** Makes an actuator on this device. @throws Error naming what the device lacks; whatever the driver throws. */
export function makeActuator(bench: Workbench, settings: ActuatorSettings): Actuator {
  const type: ActuatorType = settings.type;
  const { io } = bench.device;
  return type.connection === "Digital"
    ? type.make(place(bench, settings, { io: need(io?.Digital, "io.Digital"), pin: settings.pin }))
    : type.make(place(bench, settings, { io: need(io?.PWM, "io.PWM"), pin: settings.pin }));
}

function place<Connected>({ timer, load = nothing }: Workbench, { options }: PartSettings, sensor: Connected, listener?: ChangeListener): Place<Connected> {
  return { sensor, options, timer, load, ...(listener && { listener }) };
}

function nothing(): undefined {
  return undefined;
}

function onBus({ I2C }: Device, { bus, address }: PartSettings): BusOptions {
  return { ...need(I2C?.[bus], `I2C.${bus}`), address };
}

function need<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`this board has no device.${name}`);
  return value;
}
