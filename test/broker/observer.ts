import { connectAsync, type IClientPublishOptions, type MqttClient } from "mqtt";

/** A message as MQTT.js saw it. */
export interface Observed {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
  readonly correlationData: string | undefined;
}

/** MQTT.js as the independent other side: sees messages, sends commands. */
export class Observer {
  readonly seen: Observed[] = [];
  readonly #client: MqttClient;
  #changed: () => void = () => undefined;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on("message", (topic, payload, packet) => {
      this.seen.push({ topic, text: payload.toString(), retain: packet.retain, correlationData: packet.properties?.correlationData?.toString() });
      this.#changed();
    });
  }

  /** @param filter - Topic Filter of what it sees. */
  static async connect(url: string, filter = "#"): Promise<Observer> {
    const client = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
    const observer = new Observer(client);
    await client.subscribeAsync(filter, { qos: 2 });
    return observer;
  }

  /** Waits for a message that passes the test. */
  async message(passes: (message: Observed) => boolean): Promise<Observed> {
    for (;;) {
      const found = this.seen.find(passes);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  async publish(topic: string, payload: string, options: IClientPublishOptions = {}): Promise<void> {
    await this.#client.publishAsync(topic, payload, options);
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
