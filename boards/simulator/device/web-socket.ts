/** `xs-mqtt/web-socket` of the simulator: MQTT over WebSocket without TLS, which the simulator has none of. */
import type { Device } from "../../../src/node/host.js";
import { webSocket, type WebSocketOptions } from "../../../src/client/web-socket.js";
import { configurationError } from "../../../src/protocol/error.js";
import WebSocketClient from "../web-socket/web-socket-client.js";

declare const device: Device;

/** Takes a URL of `ws:` apart. @throws MqttError (configuration) when it is none. */
export function route(url: string): WebSocketOptions {
  const { socket, dns } = device.network?.mqtt ?? {};
  if (url.startsWith("wss:") || !socket || !dns) throw configurationError("broker", "a URL without TLS, ws:; the simulator has none");
  return webSocket(url, { io: WebSocketClient, socket, dns });
}
