/** `xs-mqtt/node`: the client on Node, through sockets in the shape of ECMA-419. */
import { connect as connectWith } from "../../src/index.js";
import type { Client, ConnectOptions } from "../../src/index.js";
import { device } from "./provider.js";

export * from "../../src/index.js";
export { default as Resolver } from "./dns.js";
export { device } from "./provider.js";
export { default as TCP, type TCPOptions } from "./tcp.js";
export { default as TLSSocket, type TLSOptions } from "./tls.js";
export type { Credential, SecureOptions } from "./tls-options.js";

/**
 * Connects to a broker and stays connected, through Node's own network unless the options `socket` and `dns` say otherwise.
 * For a private authority: `socket: {...device.network.mqtts.socket, secure: {certificate}}`.
 *
 * @param url `mqtt://host:port`, `mqtts://...`, or the options alone.
 * @throws MqttError (configuration) naming a wrong option and what it may be.
 */
export function connect(url: string | ConnectOptions, options?: ConnectOptions): Client {
  if (typeof url !== "string") return connectWith({ ...device.network.mqtt, ...url }, options);
  const network = /^mqtts:/i.test(url) ? device.network.mqtts : device.network.mqtt;
  return connectWith(url, { ...network, ...options });
}
