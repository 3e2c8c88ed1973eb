import { checkInteger, configurationError } from "../protocol/error.js";
import { complete, OPTIONS, PROPERTIES, RECONNECT, take, type Configuration, type Draft, type NetworkProvider } from "./common-options.js";
import type { ConnectOptions } from "./options.js";
import { parseUrl } from "./url.js";

const TLS_PORT = 8883;
const POLICIES = "reject, drop-oldest, newest-per-topic";

/**
 * Checks all options at once, before anything is acquired.
 * @param network where sockets come from when the options name none.
 * @throws MqttError (configuration) naming the option and what it may be.
 */
export function toConfiguration(url: string | ConnectOptions, options: ConnectOptions | undefined, network: NetworkProvider = {}): Configuration {
  const configuration = Object.create(OPTIONS) as Draft;
  const parts = typeof url === "string" ? parseUrl(url) : undefined;
  // What goes before the rest comes last.
  if (parts?.secure) configuration.port = TLS_PORT;
  take(configuration, parts?.secure ? network.mqtts : network.mqtt);
  if (typeof url !== "string") take(configuration, url, "the option ");
  take(configuration, options, "the option ");
  take(configuration, parts);
  const { reconnect, properties } = configuration;
  if (reconnect && reconnect !== RECONNECT) {
    const { minimum, maximum, stable } = (configuration.reconnect = take(Object.create(RECONNECT) as typeof RECONNECT, reconnect, "reconnect option "));
    checkInteger("reconnect.maximum", maximum, 0, 0x7fffffff);
    checkInteger("reconnect.minimum", minimum, 0, maximum);
    checkInteger("reconnect.stable", stable, 0, 0x7fffffff);
  }
  checkInteger("queue", configuration.queue, 0, 0xffff);
  if (!POLICIES.split(", ").includes(configuration.queuePolicy)) throw configurationError("queuePolicy", `one of ${POLICIES}`);
  if (typeof configuration.early !== "boolean") throw configurationError("early", "true or false");
  if (properties !== PROPERTIES) configuration.properties = take({ ...PROPERTIES }, properties);
  return complete(configuration);
}
