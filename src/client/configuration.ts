import { checkInteger, configurationError } from "../protocol/error.js";
import { complete, OPTIONS, PROPERTIES, RECONNECT, take, type Configuration, type Draft, type NetworkProvider } from "./common-options.js";
import type { ConnectOptions } from "./options.js";
import { parseUrl } from "./url.js";

const TLS_PORT = 8883;
const POLICIES = { reject: true, "drop-oldest": true, "newest-per-topic": true };

/** Matches every URL but a plain one, of a host that is a name or an IPv4 address and perhaps a port. What does not match makes no garbage. */
const RARE = /^(?!mqtts?:\/\/[\w.-]+(:\d{1,5})?$)/;

// A method that is got from a string, as in `url.slice`, would make an object of it.
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with a string
const { indexOf, slice } = String.prototype;

/**
 * Checks all options at once, before anything is acquired.
 * @param network where sockets come from when the options name none.
 * @throws MqttError (configuration) naming the option and what it may be.
 */
export function toConfiguration(url: string | ConnectOptions, options: ConnectOptions | undefined, network: NetworkProvider = {}): Configuration {
  const configuration = Object.create(OPTIONS) as Draft;
  const secure = typeof url === "string" && indexOf.call(url, "s") === 4;
  const provider = secure ? network.mqtts : network.mqtt;
  // What goes before the rest comes last. No loop over what is known: each makes a list of names, and a function.
  if (secure) {
    configuration.port = TLS_PORT;
    configuration.secure = true;
  }
  if (typeof url !== "string") take(configuration, url, "the option ");
  take(configuration, options, "the option ");
  if (typeof url === "string")
    if (RARE.test(url)) {
      // Its password becomes bytes with that of the options.
      take(configuration, parseUrl(url));
    } else {
      // The usual one is taken apart here, with 30 bytes of garbage instead of 700.
      const start = secure ? 8 : 7;
      const colon = indexOf.call(url, ":", start);
      if (colon >= 0) configuration.port = Number(slice.call(url, colon + 1));
      configuration.host = slice.call(url, start, colon < 0 ? undefined : colon);
    }
  const { reconnect, properties, storage } = configuration;
  if (reconnect && reconnect !== RECONNECT) {
    const times = (configuration.reconnect = take(Object.create(RECONNECT) as typeof RECONNECT, reconnect, "reconnect option "));
    checkInteger("reconnect.maximum", times.maximum, 0, 0x7fffffff);
    checkInteger("reconnect.minimum", times.minimum, 0, times.maximum);
    checkInteger("reconnect.stable", times.stable, 0, 0x7fffffff);
  }
  checkInteger("queue", configuration.queue, 0, 0xffff);
  if (!Object.hasOwn(POLICIES, configuration.queuePolicy)) throw configurationError("queuePolicy", `one of ${Object.keys(POLICIES).join(", ")}`);
  if (configuration.authenticator !== undefined && typeof (configuration.authenticator as { readonly client?: unknown }).client !== "function")
    throw configurationError("authenticator", "an Authenticator");
  if (typeof configuration.early !== "boolean") throw configurationError("early", "true or false");
  if (storage !== undefined) {
    if (typeof storage.restore !== "function") throw configurationError("storage", "a SessionStore");
    // Only under a name of its own does a client find its session again.
    if (configuration.id === "") throw configurationError("id", "given with the option storage");
    if (Object.hasOwn(configuration, "clean") && configuration.clean) throw configurationError("clean", "left out or false with the option storage");
    configuration.clean = false;
  }
  if (properties !== PROPERTIES) configuration.properties = take({ ...PROPERTIES }, properties);
  return complete(configuration, provider);
}
