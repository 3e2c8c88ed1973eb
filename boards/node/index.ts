/** `xs-mqtt/node`: the client on Node, through sockets in the shape of ECMA-419. */
import { pbkdf2 as derive, randomFillSync } from "node:crypto";
import { promisify } from "node:util";
import { connect as connectWith, report as reportWith, scramSha256 as scramSha256With, webSocket } from "../../src/index.js";
import type { Authenticator, Client, ConnectOptions, ReportMessage, ReportOptions, ScramOptions, WebSocketOptions } from "../../src/index.js";
import { device } from "./provider.js";

export * from "../../src/index.js";
export { default as Resolver } from "./dns.js";
export { device } from "./provider.js";
export { default as TCP, type TCPOptions } from "./tcp.js";
export { default as TLSSocket, type TLSOptions } from "./tls.js";
export { default as WebSocketClient, type WebSocketWriteOptions } from "./websocket.js";
export type { Credential, SecureOptions } from "./tls-options.js";

/** A URL over WebSocket; `s` for TLS. */
const WEB_SOCKET_URL = /^ws(s?):/i;

type Network = Pick<ConnectOptions, "socket" | "dns">;

/** Takes options for the connection beneath a WebSocket into those of the WebSocket. */
function overWebSocket(url: string, { socket, dns }: Network): WebSocketOptions {
  const client = WEB_SOCKET_URL.exec(url)?.[1] ? device.network.wss : device.network.ws;
  return webSocket(url, { ...client, ...(socket && { socket }), ...(dns && { dns }) });
}

/**
 * Connects to a broker and stays connected, through Node's own network unless the options `socket` and `dns` say otherwise. Over WebSocket
 * they are those of the connection beneath.
 *
 * For a private authority: `socket: {...device.network.mqtts.socket, secure: {certificate}}`, over WebSocket, too.
 *
 * @param url `mqtt://host:port`, `mqtts://...`, `ws://host:port/path`, `wss://...`, or the options alone.
 * @throws MqttError (configuration) naming a wrong option and what it may be.
 */
export function connect(url: string | ConnectOptions, options: ConnectOptions = {}): Client {
  if (typeof url !== "string") return connectWith({ ...device.network.mqtt, ...url }, options);
  if (WEB_SOCKET_URL.test(url)) return connectWith({ ...options, ...overWebSocket(url, options) });
  return connectWith(url, { ...(/^mqtts:/i.test(url) ? device.network.mqtts : device.network.mqtt), ...options });
}

/**
 * Connects, publishes and disconnects, through Node's own network unless the options `socket` and `dns` say otherwise. Over WebSocket they
 * are those of the connection beneath.
 *
 * @param target `mqtt://host:port`, `mqtts://...`, `ws://host:port/path`, `wss://...`, or the options alone.
 * @throws MqttError, as a rejection; report all messages again then.
 */
export async function report(target: string | ReportOptions, messages: readonly ReportMessage[], options: ReportOptions = {}): Promise<void> {
  if (typeof target === "string" && WEB_SOCKET_URL.test(target)) return reportWith({ ...options, ...overWebSocket(target, options) }, messages);
  const secure = typeof target === "string" ? /^mqtts:/i.test(target) : target.secure;
  return reportWith(target, messages, { ...(secure ? device.network.mqtts : device.network.mqtt), ...options });
}

const derived = promisify(derive);

/** Node's own PBKDF2, off the main thread. */
function pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
  return derived(password, salt, iterations, 32, "sha256");
}

/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677) for the option `authenticator`, with random numbers and PBKDF2 of Node's own.
 *
 * @throws MqttError (configuration) naming a wrong option and what it may be.
 */
export function scramSha256(options: Omit<ScramOptions, "random"> & Partial<Pick<ScramOptions, "random">>): Authenticator {
  return scramSha256With({ random: randomFillSync, pbkdf2, ...options });
}
