import { toBytes } from "../client/bytes.js";
import type { ConnectOptions } from "../client/options.js";
import type { Broker } from "./broker.js";
import type { Configuration } from "./configuration.js";

/** Bytes of the receive buffer, and of the longest packet that the broker may send. */
const receiveBuffer = 512;
/** A broker of MQTT 5.0 drops what is longer (MQTT-3.1.2-25): a longer command at QoS 1 would come again at each connection, and end it. */
const properties = { maximumPacketSize: receiveBuffer };

/**
 * The client's options by the node's configuration, without callbacks and storage.
 * @param broker - whose URL may have user and password, which go before those of the configuration.
 * @param topic - what the node's topics begin with, `/` included.
 */
export function clientOptions({ brokerUser, brokerPassword, prefix, node, keepAlive, qos }: Configuration, broker: Broker, topic: string): ConnectOptions {
  const { user = brokerUser, password = brokerPassword } = broker;
  const id = `${prefix}-${node}`;
  return {
    id,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    keepAlive: keepAlive * 1000,
    will: { topic: `${topic}status`, payload: "offline", qos, retain: true },
    properties,
    receiveBuffer,
    inFlight: 4,
    // As the receive buffer: then whatever Response Topic and Correlation Data came in also goes out. And CONNECT fits, as long as it is.
    sendBuffer: receiveBuffer + toBytes("node", id).length + toBytes("brokerUser", user ?? "").length + toBytes("brokerPassword", password ?? "").length,
    queuePolicy: "drop-oldest",
  };
}
