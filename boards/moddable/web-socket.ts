/** `xs-mqtt/web-socket`, where the build has it: MQTT over the SDK's WebSocket client. */
import WebSocketClient from "embedded:network/websocket/client";
import type { WebSocketClientOptions } from "../../src/client/ecma-419.js";
import { webSocket, type WebSocketOptions } from "../../src/client/web-socket.js";
import { configurationError } from "../../src/protocol/error.js";

declare const device: { readonly network: { readonly ws: WebSocketClientOptions; readonly wss?: WebSocketClientOptions } };

/** The class for `device.network.ws`. */
export const io = WebSocketClient;

/** Takes a URL of `ws:` or `wss:` apart. @throws MqttError (configuration) when it is none, and for `wss:` in a build without TLS. */
export function route(url: string): WebSocketOptions {
  const { ws, wss } = device.network;
  const client = url.startsWith("wss:") ? wss : ws;
  if (!client) throw configurationError("broker", "a URL without TLS, ws:; this build has none: include manifest-tls.json");
  return webSocket(url, client);
}
