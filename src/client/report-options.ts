import { checkInteger, configurationError } from "../protocol/error.js";
import { hostNetwork, take, type Mutable } from "./common-options.js";
import type { ResolverOptions, SocketOptions } from "./ecma-419.js";
import { parseUrl } from "./url.js";

/** Options of {@link report}. */
export interface ReportOptions {
  /** Name or address of the broker. Required unless a URL gives it. */
  readonly host?: string;
  /** 1 to 65535. Default 1883, with TLS 8883. */
  readonly port?: number;
  /** Whether the link uses TLS, by the host's own network for `mqtts`. Default false. */
  readonly secure?: boolean;
  /** Client Identifier. Default: empty, the broker assigns one. */
  readonly id?: string;
  readonly user?: string;
  readonly password?: string | Uint8Array | ArrayBuffer;
  /** Milliseconds for all of it, 1 to 65,535,000. Default 30,000. */
  readonly timeout?: number;
  /** ECMA-419 socket to use instead of the device's own: `{io, ...}`. */
  readonly socket?: SocketOptions;
  /** ECMA-419 resolver to use instead of the device's own: `{io, ...}`. */
  readonly dns?: ResolverOptions;
}

/** Options with their defaults, checked. */
export type CompleteOptions = Required<Omit<ReportOptions, "user" | "password">> & Pick<ReportOptions, "user" | "password">;

/** A message of a {@link report}. */
export interface ReportMessage {
  /** Topic Name: at least one character, no wildcards. */
  readonly topic: string;
  readonly payload: string | Uint8Array | ArrayBuffer;
  /** Default 0. */
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
}

/** The options there are, with their defaults; `io` is what a host's provider may have beside socket and dns. */
const OPTIONS = {
  host: undefined, port: 1883, secure: false, id: "", user: undefined, password: undefined, timeout: 30_000, socket: undefined, dns: undefined, io: undefined,
};

const MESSAGE = { topic: undefined, payload: undefined, qos: 0, retain: false };

/** Checks all options at once, before anything is acquired. @throws MqttError (configuration) naming the option and what it may be. */
export function completeOptions(target: string | ReportOptions | undefined, options: ReportOptions | undefined): CompleteOptions {
  const all = Object.create(OPTIONS) as Mutable<CompleteOptions>;
  const given = typeof target === "string" ? parseUrl(target) : target;
  const network = hostNetwork();
  if (given?.secure) all.port = 8883;
  take(all, given?.secure ? network?.mqtts : network?.mqtt);
  take(all, options, "the option ");
  take(all, given, "the option ");
  const host: unknown = all.host;
  const { socket, dns } = all as { readonly [name in "socket" | "dns"]?: { readonly io?: unknown } };
  if (typeof host !== "string" || host === "") throw configurationError("host", "the name or address of a broker");
  if (!socket?.io || !dns?.io) throw configurationError("socket and dns", "given, each {io: class}: this host has none");
  checkInteger("port", all.port, 1, 0xffff);
  checkInteger("timeout", all.timeout, 1, 65_535_000);
  return all;
}

/** @throws MqttError (configuration) naming what is wrong. */
export function completeMessage(given: ReportMessage): Required<ReportMessage> {
  const message = take(Object.create(MESSAGE) as Mutable<Required<ReportMessage>>, given, "message option ");
  const qos: unknown = message.qos;
  if (qos !== 0 && qos !== 1) throw configurationError("qos", "0 or 1: 2 needs connect()");
  return message;
}
