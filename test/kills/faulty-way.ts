import type { Socket } from "node:net";
import { Transform } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { Proxy } from "../client/proxy.js";
import type { Witness } from "./witness.js";

/** A way to a broker that can also be slow, narrow or silent, and keeps back what the broker sends until somebody agrees. */
export class FaultyWay extends Proxy {
  /** Milliseconds by which everything comes later. */
  delay = 0;
  /** Bytes a second in each direction. */
  rate = Infinity;
  /** Sees what passes, and of what the broker sent what may go on. */
  witness: Witness | undefined;
  readonly #agreed: () => Promise<void>;
  #stall: Promise<void> | undefined;
  #resume: () => void = () => undefined;

  private constructor(port: number, agreed: () => Promise<void>) {
    super(port);
    this.#agreed = agreed;
  }

  /** @param agreed is asked for each piece that the broker sends, and settles when it may go on. */
  static async open(port: number, agreed: () => Promise<void>): Promise<FaultyWay> {
    const way = new FaultyWay(port, agreed);
    await way.listen();
    return way;
  }

  /** Nothing passes any more, but the connections stand: as with a half-open one. */
  stall(): void {
    this.#stall ??= new Promise((resolve) => (this.#resume = resolve));
  }

  /** Everything passes again, at once. */
  heal(): void {
    this.delay = 0;
    this.rate = Infinity;
    this.#stall = undefined;
    this.#resume();
    this.mend();
  }

  protected override flow(from: Socket, to: Socket, fromBroker: boolean): void {
    const see = this.witness?.connection(fromBroker ? "mosquitto" : "device");
    const way = new Transform({ transform: (piece: Buffer, _encoding, done) => void this.#pass(piece, fromBroker, see).then(() => done(null, piece)) });
    from.pipe(way).pipe(to);
  }

  async #pass(piece: Buffer, fromBroker: boolean, see?: (piece: Buffer) => void): Promise<void> {
    if (fromBroker) await this.#agreed();
    see?.(piece);
    const time = this.delay + (piece.length / this.rate) * 1000;
    if (time > 0) await setTimeout(time);
    await this.#stall;
  }
}
