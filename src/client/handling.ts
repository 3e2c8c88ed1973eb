import type { Connection } from "../protocol/connection/connection.js";
import { Take } from "../protocol/connection/handler.js";
import type { Receiver } from "../protocol/connection/receiver.js";
import type { Configuration } from "./common-options.js";
import { Publisher } from "./publisher.js";

/** Milliseconds after which a connection that waits for handlers looks again whether it may. */
const LOOK_AGAIN = 1000;

/** A message whose handlers have not all finished. */
export interface InHand {
  /** How many of them have not. */
  left: number;
  /** What the message has earned so far. */
  reasonCode: number;
  readonly connection: Connection | undefined;
  readonly identifier: number;
  readonly more: boolean;
}

/** Layer of a client: messages whose handlers take their time. */
export abstract class Handling extends Publisher {
  /** Messages in hand. */
  private handling?: number;
  /** The connection that reads no more until one of them is finished. */
  protected crowded: Connection | undefined;
  /** The Reason Code that a message in pieces has earned so far: what a piece did wrong holds to the last. */
  protected refusal: number | undefined;

  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- in XS the one that is not written makes 200 bytes of garbage
  constructor(configuration: Configuration) {
    super(configuration);
  }

  /** A handler of the packet in hand takes its time. One promise for each: they are most of what a message in hand costs. @returns what is waited for. */
  protected waitFor(inHand: InHand | undefined, packet: Receiver, filter: string, handled: Promise<unknown>): InHand {
    const message = inHand ?? { left: 0, reasonCode: 0, connection: this.connection, identifier: packet.identifier, more: packet.more };
    message.left++;
    void handled.then(
      () => this.finished(message),
      (error: unknown) => {
        message.reasonCode = this.handlerFailed(filter, error);
        this.finished(message);
      },
    );
    return message;
  }

  /** All handlers have been called. @param earned by those that have finished. @returns what becomes of the message. */
  protected later(message: InHand, earned: number): number {
    message.reasonCode = earned;
    this.handling = (this.handling ?? 0) + 1;
    if (message.more) return Take.HELD;
    // At QoS 0 no Receive Maximum keeps a broker from sending more than the handlers come round to.
    if (message.identifier !== 0 || !this.overwhelmed) return Take.LATER;
    this.crowded = this.connection;
    this.wakeAt(this.now() + LOOK_AGAIN);
    return Take.HELD;
  }

  /**
   * Whether as many messages are in hand as Receive Maximum says, and one at least waits for something else than the broker: it comes to
   * its end without more being read.
   */
  private get overwhelmed(): boolean {
    const handling = this.handling ?? 0;
    return handling >= this.session.incoming.size && handling > this.awaited;
  }

  /** What handlers wait for may have come to be something that can only be read. */
  protected lookAgain(): void {
    if (this.crowded === undefined) return;
    if (this.overwhelmed) this.wakeAt(this.now() + LOOK_AGAIN);
    else this.goOn();
  }

  private finished(message: InHand): void {
    const { connection, reasonCode } = message;
    if (--message.left > 0) return;
    this.handling = (this.handling ?? 0) - 1;
    try {
      // A piece stays until it is done with; a whole message is only acknowledged later.
      if (message.more) {
        if (reasonCode && connection === this.connection) this.refusal = reasonCode;
        connection?.release(reasonCode, this.now());
      } else connection?.acknowledge(message.identifier, reasonCode, this.now());
    } catch (error) {
      this.recover(error);
    }
    this.goOn();
  }

  /** Takes up reading where it was left. */
  private goOn(): void {
    const crowded = this.crowded;
    this.crowded = undefined;
    try {
      crowded?.release(Take.TAKEN, this.now());
    } catch (error) {
      this.recover(error);
    }
    this.read();
    this.advance();
  }
}
