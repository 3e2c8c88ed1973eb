/** In place of the SDK's `mqttclient/config`: our client, and a network in which every name is the broker of the test. */
import config from "mc/config";
import TCP from "embedded:io/socket/tcp";
import MQTTClient from "embedded:network/mqtt/client";
import "system";

if (MQTTClient.AUTH === undefined) throw new Error("this is the SDK's client: only ours speaks MQTT 5.0");

class Loopback {
  resolve({ host, onResolved }) {
    onResolved(host, "127.0.0.1");
  }
}

class BrokerTCP extends TCP {
  constructor(options) {
    super({ ...options, port: Number(config.port) });
  }
}

globalThis.device = Object.freeze({
  ...globalThis.device,
  network: { mqtt: { io: MQTTClient, dns: { io: Loopback }, socket: { io: BrokerTCP } } },
});
