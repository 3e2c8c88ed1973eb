import { checkInteger, checkNames, configurationError, MqttError } from "../protocol/error.js";
import { encodeConnect, type Connect, type ConnectWill } from "../protocol/codec/connect.js";
import { PacketWriter } from "../protocol/codec/packet-writer.js";
import { toBytes } from "./bytes.js";
import { connectTimeoutOf, keepAliveSeconds, RECEIVE_MAXIMUM, receiveBufferSize, sendBufferSize } from "./common-options.js";
import type { Route } from "./link.js";
import type { ConnectOptions, QueuePolicy, Will } from "./options.js";
import { parseUrl } from "./url.js";

const DEFAULT_PORT = 1883;
const DEFAULT_TLS_PORT = 8883;
const SESSION_EXPIRY_SECONDS = 3600;
/** `io` is what a provider's `device.network.mqtt` has beside socket and dns. */
const OPTIONS =
  "host port id user password version keepAlive clean will properties receiveBuffer sendBuffer inFlight queue queuePolicy connectTimeout reconnect " +
  "socket dns onConnected onDisconnected onError io";
const POLICIES: readonly QueuePolicy[] = ["reject", "drop-oldest", "newest-per-topic"];

/** Where a device's own provider keeps the classes that an MQTT client needs: `device.network` in Moddable. */
export interface NetworkProvider {
  readonly mqtt?: Pick<ConnectOptions, "socket" | "dns"> | undefined;
  readonly mqtts?: Pick<ConnectOptions, "socket" | "dns"> | undefined;
}

/** Options of {@link connect} with their defaults, checked. */
export interface Configuration {
  readonly route: Route;
  readonly connect: Connect;
  /** Whether version 5 was asked for by nobody, so that the broker may have it otherwise. */
  readonly anyVersion: boolean;
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  readonly inFlight: number;
  readonly receiveMaximum: number;
  readonly queue: number;
  readonly queuePolicy: QueuePolicy;
  readonly reconnect: false | { readonly minimum: number; readonly maximum: number; readonly stable: number };
}

/** Checks a will and fills in its defaults. @throws MqttError (configuration) */
export function toWill(will: Will): ConnectWill {
  checkNames("the will's", will, "topic payload qos retain properties");
  return {
    topic: will.topic, payload: toBytes("will.payload", will.payload ?? ""), qos: will.qos ?? 0, retain: will.retain ?? false, properties: will.properties,
  };
}

function reconnectOptions(options: ConnectOptions): Configuration["reconnect"] {
  const reconnect = options.reconnect ?? {};
  if (reconnect === false) return false;
  const maximum = checkInteger("reconnect.maximum", reconnect.maximum ?? 60_000, 0, 0x7fffffff);
  return {
    maximum,
    minimum: checkInteger("reconnect.minimum", reconnect.minimum ?? 1000, 0, maximum),
    stable: checkInteger("reconnect.stable", reconnect.stable ?? 10_000, 0, 0x7fffffff),
  };
}

function toRoute(options: ConnectOptions, host: string, secure: boolean, network: NetworkProvider | undefined): Route {
  const classes = secure ? network?.mqtts : network?.mqtt;
  const socket = options.socket ?? classes?.socket;
  const dns = options.dns ?? classes?.dns;
  if (socket === undefined || dns === undefined)
    throw new MqttError("configuration", `this host offers no network for ${secure ? "mqtts" : "mqtt"}: give the options socket and dns, each {io: class}`);
  return {
    host, socket, dns,
    port: checkInteger("port", options.port ?? (secure ? DEFAULT_TLS_PORT : DEFAULT_PORT), 1, 0xffff),
    connectTimeout: connectTimeoutOf(options),
  };
}

/**
 * Checks all options at once, before anything is acquired.
 * @param network where sockets come from when the options name none.
 * @throws MqttError (configuration) naming the option and what it may be.
 */
export function toConfiguration(url: string | ConnectOptions, given: ConnectOptions | undefined, network: NetworkProvider | undefined): Configuration {
  const parts = typeof url === "string" ? parseUrl(url) : undefined;
  const options: ConnectOptions = { ...(typeof url === "string" ? undefined : url), ...given };
  checkNames("the option", options, OPTIONS);
  const host = parts?.host ?? options.host;
  if (typeof host !== "string" || host === "") throw configurationError("host", "the name or address of a broker, or use a URL like mqtt://host");
  const version: number | undefined = options.version;
  if (version !== undefined && version !== 4 && version !== 5) throw configurationError("version", "5, 4 (MQTT 3.1.1) or left out for both");
  const queuePolicy = options.queuePolicy ?? "reject";
  if (!POLICIES.includes(queuePolicy)) throw configurationError("queuePolicy", POLICIES.map((policy) => `"${policy}"`).join(", "));
  const receiveMaximum = checkInteger("properties.receiveMaximum", options.properties?.receiveMaximum ?? RECEIVE_MAXIMUM, 1, 0xffff);
  const password = parts?.password ?? options.password;
  const configuration: Configuration = {
    route: toRoute({ ...options, ...(parts?.port === undefined ? undefined : { port: parts.port }) }, host, parts?.secure ?? false, network),
    connect: {
      version: version === 4 ? 4 : 5,
      cleanStart: options.clean ?? true,
      keepAlive: keepAliveSeconds(options.keepAlive ?? 60_000),
      clientId: options.id ?? "",
      user: parts?.user ?? options.user,
      password: password === undefined ? undefined : toBytes("password", password),
      will: options.will && toWill(options.will),
      properties: { sessionExpiryInterval: SESSION_EXPIRY_SECONDS, ...options.properties, receiveMaximum },
    },
    anyVersion: version === undefined,
    receiveBuffer: receiveBufferSize(options),
    sendBuffer: sendBufferSize(options),
    inFlight: checkInteger("inFlight", options.inFlight ?? 8, 1, 255),
    receiveMaximum,
    queue: checkInteger("queue", options.queue ?? 16, 0, 0xffff),
    queuePolicy,
    reconnect: reconnectOptions(options),
  };
  // Encoded once for its errors: a wrong or too long field shows now, not when the link stands.
  encodeConnect(new PacketWriter(new Uint8Array(configuration.sendBuffer)), configuration.connect);
  return configuration;
}
