/** A device at its address on a simulated I2C bus. */
export interface I2CDevice {
  /** Takes what the controller sends. @returns false for NACK. */
  write(bytes: Uint8Array): boolean;
  /** Gives what the controller asks for; undefined for NACK. */
  read(count: number): Uint8Array | undefined;
}

/** The simulated I2C buses, one a port: an address at which there is nothing does not acknowledge. */
export class I2CBus {
  readonly #devices = new Map<number, I2CDevice>();

  attach(port: number, address: number, device: I2CDevice): void {
    this.#devices.set(key(port, address), device);
  }

  /** @returns false for NACK. */
  write(port: number, address: number, bytes: ArrayBuffer): boolean {
    return this.#devices.get(key(port, address))?.write(new Uint8Array(bytes)) ?? false;
  }

  /** @returns undefined for NACK. */
  read(port: number, address: number, count: number): ArrayBuffer | undefined {
    const bytes = this.#devices.get(key(port, address))?.read(count);
    return bytes && Uint8Array.from(bytes).buffer;
  }
}

function key(port: number, address: number): number {
  return port * 128 + address;
}
