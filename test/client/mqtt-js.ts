import type { TestContext } from "node:test";
import { connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { EventQueue } from "./event-queue.js";

/** MQTT.js as the independent other side. */
export interface Peer {
  readonly client: MqttClient;
  readonly messages: EventQueue<IPublishPacket>;
}

/** Connects MQTT.js; it ends with the test. */
export async function peer(test: TestContext, url: string, options: IClientOptions = {}): Promise<Peer> {
  const messages = new EventQueue<IPublishPacket>();
  const client = await connectAsync(url, { reconnectPeriod: 0, ...options });
  client.on("message", (_topic, _payload, packet) => messages.push(packet));
  test.after(() => client.endAsync(true));
  return { client, messages };
}
