import type { DeviceEvent } from "./device.js";
import { type Account, Ledger } from "./ledger.js";
import type { Ledgers } from "./peers.js";
import { Witness } from "./witness.js";

/** By QoS. */
export type Accounts = Readonly<Record<1 | 2, Account>>;

function ledgers(): Ledgers {
  return { 1: new Ledger(), 2: new Ledger() };
}

export function accounts(of: Ledgers): Accounts {
  return { 1: of[1].account, 2: of[2].account };
}

/** What the device tells, entered into the books. */
export class Books {
  readonly fromDevice = ledgers();
  readonly toDevice = ledgers();
  readonly connections = { resumed: 0, fresh: 0 };
  readonly errors: string[] = [];
  interrupted = 0;
  /** The wire's trace of each QoS 2 message that mosquitto sent again after its PUBREL. */
  readonly brokerRepeats: (readonly string[])[] = [];
  readonly witness = new Witness();
  damaged = 0;
  refused = 0;
  settled = false;
  /** Messages that handlers have in hand, oldest first, as QoS and number. */
  private readonly inHand: (readonly [1 | 2, string])[] = [];
  private readonly doubtful = new Set<string>();

  enter(event: DeviceEvent): void {
    switch (event.event) {
      case "started":
        this.damaged += event.damaged;
        break;
      case "online":
        this.connections[event.resumed ? "resumed" : "fresh"]++;
        break;
      case "accepted":
        this.fromDevice[event.qos].accept(event.number);
        break;
      case "received":
        this.receive(event.qos, event.number);
        break;
      case "noted":
        this.inHand.shift();
        break;
      case "error":
        this.errors.push(event.message);
        break;
      case "settled":
        this.settled = true;
        this.refused += event.refused;
    }
  }

  private receive(qos: 1 | 2, number: string): void {
    const ledger = this.toDevice[qos];
    if (qos === 2 && this.doubtful.delete(number)) {
      ledger.takeBack(number);
      this.interrupted++;
    } else if (qos === 2 && ledger.has(number)) {
      const trace = this.witness.takeBreach(number);
      if (trace !== undefined) {
        ledger.takeBack(number);
        this.brokerRepeats.push([...trace]);
      }
    }
    ledger.arrive(number);
    this.inHand.push([qos, number]);
  }

  /** The device's power was cut: what handlers had in hand may come once more. */
  cut(): void {
    for (const [qos, number] of this.inHand.splice(0)) if (qos === 2) this.doubtful.add(number);
  }
}
