/** What the registry knows of a sensor or an actuator: enough to list it, to check its configuration, and to make it. */
import type { Identification } from "./identification.js";
import type { AnalogClass, DigitalClass, OneShotTimer, PinOptions, PWMClass } from "./pins.js";
import type { BusOptions } from "./bus.js";

/** A figure that a sensor measures. */
export interface Quantity {
  /** Its name in telemetry. */
  readonly name: string;
  /** The object of the sample that holds it (ECMA-419, 14, Compound sensors); without: the sample itself. */
  readonly group?: string;
  /** Its name there; without: as in telemetry. */
  readonly property?: string;
  /** What the sample's figure is multiplied by. */
  readonly factor?: number;
  readonly unit: string;
  /** What the part can give; a value outside is a fault, not a reading. */
  readonly minimum: number;
  readonly maximum: number;
  /** Decimals in telemetry. */
  readonly digits: number;
}

/** A field of the configuration that only some types have. */
export type Option =
  | { readonly name: string; readonly minimum: number; readonly maximum: number; readonly default?: number; readonly whole?: boolean }
  | { readonly name: string; readonly values: readonly (string | number)[]; readonly default: string | number };

/** An ECMA-419 sensor that gives undefined until a measurement is done. */
export interface Sensor {
  readonly identification?: Identification;
  sample(): object | undefined;
  close(): void;
}

/** Something that is set: 0 or 1, or any number between. */
export interface Actuator {
  /** @throws RangeError saying what is allowed. */
  set(value: number): void;
  close(): void;
}

/** Hears of a sensor that has something to say before it is asked. */
export interface ChangeListener {
  /** Measures now, out of turn. */
  measure(): void;
}

/** Where a part is, and what it was told. */
export interface Place<Connected> {
  /** The class for its connection, with the bus and the address, or the pin. */
  readonly sensor: Connected;
  /** The type's own options, checked. */
  readonly options: Readonly<Record<string, string | number>>;
  readonly timer: OneShotTimer;
  /** Of a sensor. */
  readonly listener?: ChangeListener;
  /** A module of the host by its specifier; undefined where it is not included. */
  readonly load: (specifier: string) => unknown;
}

interface Named {
  /** As it is named in the configuration. */
  readonly name: string;
  /** Maker, part and what it is for. */
  readonly description: string;
  readonly options: readonly Option[];
}

interface Measuring extends Named {
  readonly quantities: readonly Quantity[];
  /** The folder of the SDK, below `modules/drivers`, whose manifest brings the driver; undefined for our own. */
  readonly driver?: string;
  /** Milliseconds between two looks at a measurement. Default 20. */
  readonly poll?: number;
  /** Milliseconds until a measurement counts as failed. Default 1000. */
  readonly timeout?: number;
}

interface Opened<Connection extends string, Connected> {
  readonly connection: Connection;
  /** Makes the sensor; may throw. */
  open(place: Place<Connected>): Sensor;
}

interface Addressed {
  /** 7-bit addresses that the part can have, the default first. */
  readonly addresses: readonly number[];
}

interface Made<Connection extends string, Connected> {
  readonly connection: Connection;
  /** Makes the actuator; may throw. */
  make(place: Place<Connected>): Actuator;
}

export type SensorType = Measuring &
  ((Opened<"I2C" | "SMBus", BusOptions> & Addressed) | Opened<"Digital", PinOptions<DigitalClass>> | Opened<"Analog", PinOptions<AnalogClass>>);

export type ActuatorType = Named & (Made<"Digital", PinOptions<DigitalClass>> | Made<"PWM", PinOptions<PWMClass>>);

/** All that has a place in the configuration. */
export type PartType = SensorType | ActuatorType;
