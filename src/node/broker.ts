import { parseUrl } from "../client/url.js";
import type { WebSocketOptions } from "../client/web-socket.js";
import { configurationError } from "../protocol/error.js";
import type { NodeOptions } from "./node-options.js";

/** How a node reaches its broker. */
export interface Broker {
  /** For `connect`. */
  readonly target: string | WebSocketOptions;
  /** Whether certificates are checked, for which the time must be known. */
  readonly secure: boolean;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * @param url of the option `broker`.
 * @param host has TLS in its network and a way for WebSockets, or has not.
 * @throws MqttError (configuration) naming the option, or as `route` says it.
 */
export function brokerOf(url: string, { device, route }: Pick<NodeOptions, "device" | "route">): Broker {
  if (!url.startsWith("ws")) {
    const { secure, user, password } = parseUrl(url);
    if (secure && !device.network?.mqtts) throw configurationError("broker", "a URL without TLS, mqtt:; this build has none: include manifest-tls.json");
    return { target: url, secure, user, password };
  }
  if (!route) throw configurationError("broker", "a URL of mqtt: or mqtts:; this build has no WebSocket: include manifest-websocket.json");
  const target = route(url);
  return { target, secure: url.startsWith("wss:"), user: target.user, password: target.password };
}
