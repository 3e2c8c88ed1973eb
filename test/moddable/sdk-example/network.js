/** In place of the SDK's `mqttclient/config`: our client, and a network in which every name is the broker of the test. */
import config from "mc/config";
import TCP from "embedded:io/socket/tcp";
import MQTTClient from "embedded:network/mqtt/client";
import "system";

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
