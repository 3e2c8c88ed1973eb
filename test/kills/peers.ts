import { connectAsync, type MqttClient } from "mqtt";
import type { Ledger } from "./ledger.js";

/** A ledger for each QoS. */
export type Ledgers = Readonly<Record<1 | 2, Ledger>>;

/**
 * Messages that may be under way at once to the device. After a restart mosquitto 2.0 sends what was in flight on top of as many new ones as
 * the Receive Maximum allows; the device, which keeps to that, would close each such connection, and more than its table holds may come
 * again. So there are never that many.
 */
const UNDER_WAY = 8;

/** Topic of the message behind all others. */
const LAST = "from/last";

const OPTIONS = { protocolVersion: 5, clean: false, reconnectPeriod: 30, resubscribe: false, properties: { sessionExpiryInterval: 86_400 } } as const;

/** MQTT.js with a session of its own, which it keeps up through everything. */
async function connectPeer(url: string, clientId: string): Promise<MqttClient> {
  const client = await connectAsync(url, { ...OPTIONS, clientId });
  // It comes back by itself.
  client.on("error", () => undefined);
  return client;
}

/** Notes what comes from the device. */
export class Subscriber {
  /** The last message of all has come. */
  marked = false;
  readonly #client: MqttClient;

  private constructor(client: MqttClient, ledgers: Ledgers) {
    this.#client = client;
    client.on("message", (topic, payload) => {
      if (topic === LAST) this.marked = true;
      else ledgers[topic === "from/1" ? 1 : 2].arrive(payload.toString());
    });
  }

  static async connect(url: string, ledgers: Ledgers): Promise<Subscriber> {
    const client = await connectPeer(url, "subscriber");
    await client.subscribeAsync({ "from/1": { qos: 1 }, "from/2": { qos: 2 }, [LAST]: { qos: 2 } });
    return new Subscriber(client, ledgers);
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }
}

/** Sends numbered messages to the device. */
export class Publisher {
  readonly #client: MqttClient;
  readonly #ledgers: Ledgers;
  #count = 0;
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(client: MqttClient, ledgers: Ledgers) {
    this.#client = client;
    this.#ledgers = ledgers;
  }

  static async connect(url: string, ledgers: Ledgers): Promise<Publisher> {
    return new Publisher(await connectPeer(url, "publisher"), ledgers);
  }

  /** @param interval milliseconds from one message to the next. */
  start(interval: number): void {
    this.#timer = setInterval(() => {
      if (this.#underWay < UNDER_WAY && this.#count - this.#arrived < UNDER_WAY) this.#publish();
    }, interval);
  }

  /** Messages that have reached the device. */
  get #arrived(): number {
    return this.#ledgers[1].arrived + this.#ledgers[2].arrived;
  }

  #publish(): void {
    const qos = (this.#count & 1) === 0 ? 1 : 2;
    const number = String(++this.#count);
    this.#underWay++;
    this.#client.publish(`to/${qos}`, number, { qos }, (error) => {
      this.#underWay--;
      if (!error) this.#ledgers[qos].accept(number);
    });
  }

  /** Nothing is sent any more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Whether everything sent is acknowledged. */
  get done(): boolean {
    return this.#underWay === 0;
  }

  /** Sends the subscriber the last message of all: it comes behind whatever mosquitto had for it. */
  mark(): void {
    this.#client.publish(LAST, "", { qos: 2 });
  }

  async end(): Promise<void> {
    this.stop();
    await this.#client.endAsync(true);
  }
}
