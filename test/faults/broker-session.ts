import type { Incoming } from "./incoming-ledger.js";

/** A message on its way to the device. */
export interface Delivery {
  readonly message: Incoming;
  /** 0 until it is sent for the first time. */
  identifier: number;
  released: boolean;
  /** The connection that it, or its PUBREL, was last sent on. */
  sentOn: number;
}

/** What a broker keeps of a client (MQTT 5.0, 4.1). */
export class BrokerSession {
  readonly number: number;
  /** The client knows that it began: it has read the CONNACK without Session Present, or asked for a Clean Start. */
  known: boolean;
  /** Filters, all without wildcards, and the highest QoS of each. */
  readonly subscriptions = new Map<string, number>();
  /** Identifiers of QoS 2 messages of the client that are not released, with their tags. */
  readonly unreleased = new Map<number, number>();
  /** QoS 1 and 2 messages for the client that it has not finished with, in their order. */
  readonly deliveries: Delivery[] = [];
  private last = 0;

  constructor(number: number, known: boolean, last: number) {
    this.number = number;
    this.known = known;
    this.last = last;
  }

  find(identifier: number): Delivery | undefined {
    return this.deliveries.find((delivery) => delivery.identifier === identifier);
  }

  remove(delivery: Delivery): void {
    this.deliveries.splice(this.deliveries.indexOf(delivery), 1);
  }

  /** An identifier that is not in use. */
  nextIdentifier(): number {
    do this.last = (this.last % 0xffff) + 1;
    while (this.find(this.last) !== undefined);
    return this.last;
  }
}
