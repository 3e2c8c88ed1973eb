/** What both clients make of their options: one object, which is at once the route of a link and the CONNECT. */
import { checkInteger, configurationError } from "../protocol/error.js";
import { encodeConnect, type Connect } from "../protocol/codec/connect.js";
import { PacketWriter } from "../protocol/codec/packet-writer.js";
import { toBytes } from "./bytes.js";
import type { ResolverOptions, SocketOptions } from "./ecma-419.js";
import type { ConnectOptions, QueuePolicy } from "./options.js";

/** Receive Maximum announced where none is asked for: what common brokers keep in flight anyway. */
export const RECEIVE_MAXIMUM = 20;

/** The longest time of a timer, in milliseconds. */
export const LONGEST = 0x7fffffff;

/** Options with their defaults, checked, and what the client learns of the broker. Fields of {@link Connect} have its names and units. */
export interface Configuration extends Connect, Pick<ConnectOptions, "onConnected" | "onDisconnected" | "onError"> {
  readonly host: string;
  readonly port: number;
  readonly socket: SocketOptions;
  readonly dns: ResolverOptions;
  /** Milliseconds to wait for the socket, and then for the CONNACK. */
  readonly connectTimeout: number;
  /** Whether the socket is the host's own for TCP, which is known to call back as ECMA-419 says; TLS sockets in use do not. */
  readonly plain: boolean;
  /** Whether the link uses TLS. */
  readonly secure: boolean;
  readonly id: string;
  readonly clean: boolean;
  /** Of the next connection, as are `clientId` and `cleanStart`. */
  version: 4 | 5;
  clientId: string;
  cleanStart: boolean;
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  readonly inFlight: number;
  readonly queue: number;
  readonly queuePolicy: QueuePolicy;
  readonly early: boolean;
  readonly reconnect?: ConnectOptions["reconnect"];
  /** Of the option `reconnect`. */
  readonly minimum: number;
  readonly maximum: number;
  readonly stable: number;
  /** What the next delay is drawn up to; 0 for the minimum. */
  ceiling: number;
  /** Whether version 5 was asked for by nobody, so that the broker may have it otherwise. */
  readonly anyVersion: boolean;
  /** The broker is known to speak this version, and not version 5 where this is 4. */
  spoken: boolean;
  /** It said clearly that it does not speak version 5; silence or a cut may have been an accident. */
  refused: boolean;
}

/** What is not given. The prototype of every configuration, so that a default takes no memory. */
export const DEFAULTS = {
  secure: false, plain: false, port: 1883, id: "", keepAlive: 60_000, clean: true, connectTimeout: 30_000,
  receiveBuffer: 512, sendBuffer: 256, inFlight: 8, queue: 16, queuePolicy: "reject", early: false,
  minimum: 1000, maximum: 60_000, stable: 10_000, ceiling: 0,
  anyVersion: true, spoken: false, refused: false,
} as const;

export type Mutable<T> = { -readonly [name in keyof T]: T[name] };

/** Copies what is given: an option that is undefined counts as left out. */
export function take<T extends object>(target: T, given: T): T {
  for (const name in given) if (given[name] !== undefined) target[name] = given[name];
  return target;
}

/** Where a device's own provider keeps the classes that an MQTT client needs: `device.network` in Moddable. */
export interface NetworkProvider {
  readonly mqtt?: Pick<ConnectOptions, "socket" | "dns"> | undefined;
  readonly mqtts?: Pick<ConnectOptions, "socket" | "dns"> | undefined;
}

/** The host's own provider: a global in Moddable and in the simulator, absent on Node. */
declare const device: { readonly network?: NetworkProvider } | undefined;

/** The network of this host, if it has one. */
export function hostNetwork(): NetworkProvider | undefined {
  return typeof device === "undefined" ? undefined : device.network;
}

function checkClass(configuration: Configuration, name: "socket" | "dns"): void {
  const given = configuration[name] as { readonly io?: unknown } | undefined;
  if (typeof given?.io !== "function")
    throw configurationError(name, `{io: class, ...}, as in device.network.${configuration.secure ? "mqtts" : "mqtt"} on a host that has it`);
}

/**
 * Checks what both clients have, all at once and before anything is acquired, and brings it into the protocol's form.
 * @throws MqttError (configuration) naming the option and what it may be, (resource) when the CONNECT does not fit the send buffer.
 */
export function complete(configuration: Mutable<Configuration>): void {
  const { password } = configuration;
  const host: unknown = configuration.host;
  const version: unknown = configuration.version;
  if (typeof host !== "string" || host === "") throw configurationError("host", "the name or address of a broker");
  checkClass(configuration, "socket");
  checkClass(configuration, "dns");
  if (configuration.socket.io === hostNetwork()?.mqtt?.socket?.io) configuration.plain = true;
  if (version === undefined) configuration.version = 5;
  else if (version === 4 || version === 5) configuration.anyVersion = false;
  else throw configurationError("version", "5, 4 (MQTT 3.1.1) or left out");
  checkInteger("port", configuration.port, 1, 0xffff);
  checkInteger("receiveBuffer", configuration.receiveBuffer, 64, 0x10000);
  checkInteger("sendBuffer", configuration.sendBuffer, 64, 0x10000);
  checkInteger("inFlight", configuration.inFlight, 1, 255);
  checkInteger("connectTimeout", configuration.connectTimeout, 1, LONGEST);
  configuration.keepAlive = Math.ceil(checkInteger("keepAlive", configuration.keepAlive, 0, 65_535_000) / 1000);
  configuration.clientId = configuration.id;
  configuration.cleanStart = configuration.clean;
  if (password !== undefined) configuration.password = toBytes("password", password);
  // Encoded once for its errors: a wrong or too long field shows now, not when the link stands.
  encodeConnect(new PacketWriter(new Uint8Array(configuration.sendBuffer)), configuration);
}
