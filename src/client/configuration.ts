import { checkInteger, checkNames, configurationError } from "../protocol/error.js";
import { toBytes } from "./bytes.js";
import { complete, DEFAULTS, LONGEST, RECEIVE_MAXIMUM, take, type Configuration, type Mutable, type NetworkProvider } from "./common-options.js";
import type { ConnectOptions, QueuePolicy, Will } from "./options.js";
import { parseUrl } from "./url.js";

const TLS_PORT = 8883;
const SESSION_EXPIRY_SECONDS = 3600;
/** `io` is what a provider's `device.network.mqtt` has beside socket and dns. */
const OPTIONS =
  "host port id user password version keepAlive clean will properties receiveBuffer sendBuffer inFlight queue queuePolicy connectTimeout early reconnect " +
  "socket dns onConnected onDisconnected onError io";
const POLICIES: readonly QueuePolicy[] = ["reject", "drop-oldest", "newest-per-topic"];

function takeOptions(configuration: object, options: object | undefined, what: string, names: string): void {
  if (options === undefined) return;
  checkNames(what, options, names);
  take(configuration, options);
}

/**
 * Checks all options at once, before anything is acquired.
 * @param network where sockets come from when the options name none.
 * @throws MqttError (configuration) naming the option and what it may be.
 */
export function toConfiguration(url: string | ConnectOptions, options: ConnectOptions | undefined, network: NetworkProvider | undefined): Configuration {
  const configuration = Object.create(DEFAULTS) as Mutable<Configuration>;
  const parts = typeof url === "string" ? parseUrl(url) : undefined;
  // What goes before comes later.
  if (parts?.secure) configuration.port = TLS_PORT;
  take<object>(configuration, (parts?.secure ? network?.mqtts : network?.mqtt) ?? {});
  if (typeof url !== "string") takeOptions(configuration, url, "the option", OPTIONS);
  takeOptions(configuration, options, "the option", OPTIONS);
  take<object>(configuration, parts ?? {});
  const { reconnect, queuePolicy } = configuration;
  const will = configuration.will as Will | undefined;
  if (reconnect !== false) takeOptions(configuration, reconnect, "the reconnect option", "minimum maximum stable");
  checkInteger("reconnect.maximum", configuration.maximum, 0, LONGEST);
  checkInteger("reconnect.minimum", configuration.minimum, 0, configuration.maximum);
  checkInteger("reconnect.stable", configuration.stable, 0, LONGEST);
  checkInteger("queue", configuration.queue, 0, 0xffff);
  if (!POLICIES.includes(queuePolicy)) throw configurationError("queuePolicy", POLICIES.map((policy) => `"${policy}"`).join(", "));
  if (typeof configuration.early !== "boolean") throw configurationError("early", "true or false");
  if (will !== undefined) {
    checkNames("the will's", will, "topic payload qos retain properties");
    configuration.will = { topic: will.topic, payload: toBytes("will.payload", will.payload ?? ""), qos: will.qos ?? 0, retain: will.retain ?? false, properties: will.properties };
  }
  configuration.properties = take({ sessionExpiryInterval: SESSION_EXPIRY_SECONDS, receiveMaximum: RECEIVE_MAXIMUM }, configuration.properties ?? {});
  complete(configuration);
  return configuration;
}
