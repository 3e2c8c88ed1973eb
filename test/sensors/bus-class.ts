import type { Bus } from "../../src/sensors/bus.js";
import type { I2CBus } from "../../boards/simulator/world/i2c-bus.js";

/** Hears of the instances of a {@link busClass}. */
export interface BusListener {
  readonly opened?: (options: Record<string, unknown>) => void;
  readonly closed?: () => void;
}

/** An ECMA-419 I2C class over the simulated bus: like the SDK's, it throws where nothing acknowledges. */
export function busClass(buses: I2CBus, listener: BusListener = {}): new (options: Record<string, unknown>) => Bus {
  return class implements Bus {
    readonly #address: number;

    constructor(options: Record<string, unknown>) {
      listener.opened?.(options);
      this.#address = Number(options["address"]);
    }

    read(result: Uint8Array): void {
      const bytes = buses.read(0, this.#address, result.length);
      if (!bytes) throw new Error("read failed");
      result.set(new Uint8Array(bytes));
    }

    write(data: Uint8Array): void {
      if (!buses.write(0, this.#address, Uint8Array.from(data).buffer)) throw new Error("write failed");
    }

    writeRead(data: Uint8Array, result: Uint8Array): void {
      this.write(data);
      this.read(result);
    }

    close(): void {
      listener.closed?.();
    }
  };
}
