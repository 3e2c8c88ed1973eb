/** What both clients make of their options: one object, which is at once the route of a link and the CONNECT. */
import { checkInteger, configurationError, MqttError } from "../protocol/error.js";
import type { Connect, ConnectWill } from "../protocol/codec/connect.js";
import type { ConnectProperties } from "../protocol/codec/property.js";
import { RECEIVE_MAXIMUM } from "../protocol/session/incoming.js";
import type { SessionStorage } from "../protocol/session/session-storage.js";
import { toBytes } from "./bytes.js";
import type { ResolverOptions, SocketOptions } from "./ecma-419.js";
import type { ConnectOptions, QueuePolicy } from "./options.js";

/** Options with their defaults, checked, and what the client learns of the broker. Fields of {@link Connect} have its names and units. */
export interface Configuration extends Connect, Pick<ConnectOptions, "authenticator" | "onConnected" | "onDisconnected" | "onError"> {
  readonly host: string;
  readonly port: number;
  /** Where these are absent, they are the host's own. */
  readonly socket?: SocketOptions | undefined;
  readonly dns?: ResolverOptions | undefined;
  /** With TLS. */
  readonly secure?: boolean;
  /** Milliseconds to wait for the socket, and then for the CONNACK. */
  readonly connectTimeout: number;
  readonly id: string;
  readonly clean: boolean;
  /** Of the next connection, as are `clientId` and `cleanStart`. */
  version: 4 | 5;
  clientId: string;
  cleanStart?: boolean;
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  readonly inFlight: number;
  readonly queue: number;
  readonly queuePolicy: QueuePolicy;
  readonly early: boolean;
  readonly storage?: SessionStorage | undefined;
  readonly reconnect: false | typeof RECONNECT;
  /** What the next delay is drawn up to, where that is more than the minimum. */
  ceiling?: number;
  /** Somebody asked for the version: the broker may not have it otherwise. */
  readonly versionGiven?: boolean;
  /** The broker is not known to speak this version, or it may speak version 5 as well where this is 4. */
  unproven?: boolean;
  /** It said clearly that it does not speak version 5; silence or a cut may have been an accident. */
  refused?: boolean;
}

/** A configuration that is being made: options as they were given, until {@link complete}. */
export type Draft = Mutable<Configuration>;

export type Mutable<T> = { -readonly [name in keyof T]: T[name] };

/** The options of `reconnect` with their defaults. */
export const RECONNECT = { minimum: 1000, maximum: 60_000, stable: 10_000 };

/** Properties of a CONNECT that asks for nothing else: a session that a lost link does not end. */
export const PROPERTIES: ConnectProperties = { sessionExpiryInterval: 3600, receiveMaximum: RECEIVE_MAXIMUM };

/** The options of `will` with their defaults. */
const WILL = { topic: undefined, payload: "", qos: 0, retain: false, properties: undefined };

/**
 * The options there are, with their defaults: the prototype of a configuration, so that a default takes no memory. Keep Alive is in seconds
 * here, as in a CONNECT. `io` is what a provider's `device.network.mqtt` may have beside socket and dns.
 */
export const OPTIONS = {
  host: undefined, port: 1883, id: "", user: undefined, password: undefined, version: 5, keepAlive: 60, clean: true, early: false,
  will: undefined, properties: PROPERTIES, receiveBuffer: 512, sendBuffer: 256, inFlight: 8, queue: 16, queuePolicy: "reject",
  connectTimeout: 30_000, reconnect: RECONNECT, socket: undefined, dns: undefined, io: undefined, authenticator: undefined, storage: undefined,
  onConnected: undefined, onDisconnected: undefined, onError: undefined,
};

/**
 * Copies what is given: an option that is undefined, or null as JSON has it, counts as left out.
 * @param what names the options in the error for one that the target does not have; without it any will do.
 * @returns the target.
 */
export function take<T extends object>(target: T, given: object | undefined, what?: string): T {
  if (!given) return target;
  // A third of the bytecode of for...in, and no function is made.
  const names = Object.keys(given) as (keyof T & string)[];
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as keyof T & string;
    if (what !== undefined && !(name in target)) throw configurationError(what + name, `one of ${Object.keys(Object.getPrototypeOf(target) as object).join(", ")}`);
    const value = (given as T)[name];
    if (value != null) target[name] = value;
  }
  return target;
}

/** What connects, and what looks up whereto. */
export type NetworkClasses = Pick<ConnectOptions, "socket" | "dns">;

/** Where a device's own provider keeps the classes that an MQTT client needs: `device.network` in Moddable. */
export interface NetworkProvider {
  readonly mqtt?: NetworkClasses | undefined;
  readonly mqtts?: NetworkClasses | undefined;
}

/** The host's own provider: a global in Moddable and in the simulator, absent on Node. */
declare const device: { readonly network?: NetworkProvider } | undefined;

/** The network of this host, if it has one. */
export function hostNetwork(): NetworkProvider | undefined {
  return typeof device === "undefined" ? undefined : device.network;
}

/**
 * Checks what both clients have, all at once and before anything is acquired, and brings it into the protocol's form.
 * @param provider has what the options do not name.
 * @throws MqttError (configuration) naming the option and what it may be.
 */
export function complete(options: Draft, provider?: NetworkClasses): Configuration {
  const host: unknown = options.host;
  const socket: { readonly io?: unknown } | undefined = options.socket ?? provider?.socket;
  const dns: { readonly io?: unknown } | undefined = options.dns ?? provider?.dns;
  if (typeof host !== "string" || host === "") throw configurationError("host", "the name or address of a broker");
  if (!socket?.io || !dns?.io)
    throw new MqttError("configuration", `no network for ${options.secure ? "mqtts" : "mqtt"}: give socket and dns, each {io: class}`);
  if (Object.hasOwn(options, "version")) options.versionGiven = checkInteger("version", options.version, 4, 5) > 0;
  checkInteger("port", options.port, 1, 0xffff);
  checkInteger("receiveBuffer", options.receiveBuffer, 64, 0x10000);
  checkInteger("sendBuffer", options.sendBuffer, 64, 0x10000);
  checkInteger("connectTimeout", options.connectTimeout, 1, 0x7fffffff);
  if (Object.hasOwn(options, "keepAlive")) options.keepAlive = Math.ceil(checkInteger("keepAlive", options.keepAlive, 0, 65_535_000) / 1000);
  options.clientId = options.id;
  options.cleanStart = options.clean;
  options.unproven = true;
  if (options.password !== undefined) options.password = toBytes("password", options.password);
  if (options.will !== undefined) {
    // A topic that is missing or wrong is found by the encoder.
    const own = take(Object.create(WILL) as Mutable<ConnectWill>, options.will, "will option ");
    own.payload = toBytes("will.payload", own.payload);
    options.will = own;
  }
  return options;
}
