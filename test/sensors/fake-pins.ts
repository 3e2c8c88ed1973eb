import type { Digital, DigitalClass } from "../../src/sensors/pins.js";

/** The pins of a board, as the test sets them and the drivers set them. */
export class FakePins {
  /** Level by pin. */
  readonly levels = new Map<number, number>();
  /** What was written, by pin. */
  readonly written: (readonly [pin: number, value: number])[] = [];
  /** Options of the instances that were made. */
  readonly opened: Readonly<Record<string, unknown>>[] = [];
  closed = 0;
  readonly #listeners = new Map<number, { readonly edge: number; readonly call: () => void }>();

  /** Changes an input; who listens to that edge hears of it. */
  change(pin: number, level: number): void {
    const edge = level > (this.levels.get(pin) ?? 0) ? 1 : 2;
    this.levels.set(pin, level);
    const listener = this.#listeners.get(pin);
    if (listener && (listener.edge & edge) !== 0) listener.call();
  }

  /** An ECMA-419 Digital class over these pins. */
  get Digital(): DigitalClass {
    const onOpen = (options: Readonly<Record<string, unknown>>): void => this.#open(options);
    const read = (pin: number): number => this.levels.get(pin) ?? 0;
    const write = (pin: number, value: number): void => void this.written.push([pin, value]);
    const close = (pin: number): void => {
      this.closed++;
      this.#listeners.delete(pin);
    };
    return class FakeDigital implements Digital {
      static readonly Input = 0;
      static readonly InputPullUp = 1;
      static readonly InputPullDown = 2;
      static readonly Output = 8;
      static readonly Rising = 1;
      static readonly Falling = 2;
      readonly #pin: number;

      constructor(options: Readonly<Record<string, unknown>>) {
        onOpen(options);
        this.#pin = Number(options["pin"]);
      }

      read(): number {
        return read(this.#pin);
      }

      write(value: number): void {
        write(this.#pin, value);
      }

      close(): void {
        close(this.#pin);
      }
    };
  }

  #open(options: Readonly<Record<string, unknown>>): void {
    this.opened.push(options);
    const { pin, edge, onReadable } = options;
    if (typeof onReadable === "function") this.#listeners.set(Number(pin), { edge: Number(edge), call: () => void Reflect.apply(onReadable, undefined, []) });
  }
}
