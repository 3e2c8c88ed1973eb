/** What a driver uses of an ECMA-419 I2C instance, and of SMBus, which extends it. */
export interface Bus {
  read(result: Uint8Array): unknown;
  write(data: Uint8Array): unknown;
  writeRead(data: Uint8Array, result: Uint8Array): unknown;
  close(): void;
}

/** A bus and the sensor's place on it, as a provider names it: `{...device.I2C.default}`. */
export interface BusOptions {
  /** The I2C class, or SMBus. */
  readonly io: new (options: Record<string, unknown>) => Bus;
  /** 7-bit address; each driver names its default. */
  readonly address?: number;
  /** Default: the fastest that the part allows, at most 400,000. */
  readonly hz?: number;
  readonly [option: string]: unknown;
}
