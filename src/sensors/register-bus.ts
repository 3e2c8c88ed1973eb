/** What a driver uses of an ECMA-419 I2C instance, and of SMBus, which extends it. */
export interface Bus {
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
  /** Default 400,000. */
  readonly hz?: number;
  readonly [option: string]: unknown;
}

/** A chip with 8-bit register numbers on an I2C bus; failures name the part, its address and what to check. */
export class RegisterBus {
  readonly address: number;
  readonly #part: string;
  readonly #io: Bus;
  readonly #byte = new Uint8Array(1);

  /** @throws TypeError without an I2C class; whatever that class throws. */
  constructor(part: string, options: BusOptions, address: number) {
    if (typeof options.io !== "function")
      throw new TypeError(`${part}: sensor.io must be an ECMA-419 I2C class, e.g. sensor: {...device.I2C.default}`);
    this.#part = part;
    this.address = options.address ?? address;
    this.#io = new options.io({ hz: 400_000, ...options, address: this.address });
  }

  close(): void {
    this.#io.close();
  }

  /** Fills `result` from the register `first` on. @throws Error when the chip does not answer. */
  read(first: number, result: Uint8Array): void {
    const byte = this.#byte;
    byte[0] = first;
    try {
      this.#io.writeRead(byte, result);
    } catch (error) {
      throw unreachable(this.#part, this.address, error);
    }
  }

  /** @throws Error when the chip does not answer. */
  readUint8(register: number): number {
    this.read(register, this.#byte);
    return this.#byte[0] ?? 0;
  }

  /** Writes register number and value, or several such pairs. @throws Error when the chip does not answer. */
  write(data: Uint8Array): void {
    try {
      this.#io.write(data);
    } catch (error) {
      throw unreachable(this.#part, this.address, error);
    }
  }
}

/** A byte as datasheets write it. */
export function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}

function unreachable(part: string, address: number, cause: unknown): Error {
  return new Error(`${part}: no answer at address ${hex(address)}: check wiring, power and address`, { cause });
}
