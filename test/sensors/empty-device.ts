import type { Bus } from "../../src/sensors/bus.js";
import type { Analog } from "../../src/sensors/pins.js";

/** An analog pin that cannot be read. */
export class NoAnalog implements Analog {
  readonly resolution = 12;

  read(): never {
    throw new Error("there is nothing");
  }

  close(): void {
    throw new Error("there is nothing");
  }
}

/** A bus that nothing answers on. */
export class NoBus implements Bus {
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
