/** MQTT over WebSocket (MQTT 5.0, 6), through the host's own WebSocket client. */
import { configurationError } from "../protocol/error.js";
import type {
  Resolver, ResolverOptions, Socket, SocketConstructorOptions, SocketOptions, WebSocketClient, WebSocketClientOptions,
} from "./ecma-419.js";
import { parseUrl } from "./url.js";

/** Bytes of the longest header of a frame that a client sends (RFC 6455, 5.2). */
const FRAME_HEADER = 14;

/** As the second argument of `write`: a frame that closes. */
const CLOSE = { opcode: 8 };

/** Status codes of a closing (RFC 6455, 7.4.1): 1000, all is done; 1003, data of a type that is not accepted. */
const NORMAL_CLOSURE = [0x03, 0xe8];
const UNSUPPORTED_DATA = [0x03, 0xeb];

/** Authority, path and query: what stands behind the scheme. */
const URL_PATTERN = /^ws(s?:\/\/[^/?#]+)(\/[^#\s]*)?$/;

/** Resolves to the address that the client has already found. */
class KnownAddress implements Resolver {
  private readonly address: string;

  constructor(options: ResolverOptions & { readonly address?: string }) {
    this.address = options.address ?? "";
  }

  resolve(options: Parameters<Resolver["resolve"]>[0], callback?: Parameters<Resolver["resolve"]>[1]): void {
    // The standard calls back the one, the SDK the other.
    if (callback) callback(null, this.address, options.host);
    else options.onResolved(options.host, this.address);
  }
}

/** A WebSocket client with the option `target` as its property. */
interface Targeted {
  readonly target: WebSocketTransport;
}

function onReadable(this: Targeted, count: number, options: { readonly binary?: boolean | undefined }): void {
  const transport = this.target;
  if (options.binary === false) transport.refuse();
  else transport.options.onReadable.call(transport, count);
}

function onWritable(this: Targeted, count: number): void {
  const transport = this.target;
  transport.options.onWritable.call(transport, roomIn(count));
}

function onError(this: Targeted, error?: unknown): void {
  this.target.failed(error);
}

function onClose(this: Targeted, reason: unknown = new Error("the broker closed the WebSocket")): void {
  this.target.failed(reason);
}

/** What may be written in two frames where one may carry `count` bytes: header and payload of a packet come by two calls. */
function roomIn(count: number): number {
  return count > FRAME_HEADER ? count - FRAME_HEADER : 0;
}

/** What {@link WebSocketTransport} needs beside what every socket gets. */
export interface WebSocketTransportOptions extends SocketConstructorOptions {
  /** Required: the host's WebSocket client with its options, `device.network.ws` or `device.network.wss`. */
  readonly client?: WebSocketClientOptions;
  /** Of the WebSocket, with its query. Default "/mqtt". */
  readonly path?: string | undefined;
}

/**
 * An ECMA-419 TCP socket over an ECMA-419 WebSocket client: each write is a binary frame, reading goes on over the bounds of frames, a text
 * frame ends the connection. That the server has chosen the subprotocol "mqtt" is for the WebSocket client to check.
 */
export class WebSocketTransport implements Socket {
  format = "buffer";
  readonly target: unknown;
  readonly options: WebSocketTransportOptions;
  /** Undefined while it is made, and once it is closed. */
  private client: WebSocketClient | undefined;
  private broken = false;
  /** Why the connection beneath has failed, where its socket says so: the SDK's WebSocket client does not hand that on. */
  reason: unknown;

  /** @throws MqttError (configuration) without a client, what the WebSocket client throws, Error where it fails at once. */
  constructor(options: WebSocketTransportOptions) {
    const { client, host, port, address, path = "/mqtt" } = options;
    if (client === undefined) throw configurationError("socket.client", "device.network.ws, for TLS device.network.wss");
    const dns: ResolverOptions = { io: KnownAddress, address };
    const socket = { ...client.socket, nodelay: true, noDelay: true, transport: this };
    this.target = options.target;
    this.options = options;
    const made = new client.io({ ...client, host, port, path, protocol: "mqtt", dns, socket, target: this, onReadable, onWritable, onError, onClose });
    if (this.broken) throw new Error("the WebSocket client could not open a socket");
    this.client = made;
  }

  read(buffer: Uint8Array): unknown {
    return this.client?.read(buffer);
  }

  write(data: Uint8Array): number {
    return this.client === undefined ? 0 : roomIn(this.client.write(data));
  }

  /** Ends the WebSocket; what was written before is still sent. May be called again. */
  close(): void {
    this.end(NORMAL_CLOSURE);
  }

  /** The broker sent what is no MQTT (MQTT 5.0, 6). */
  refuse(): void {
    this.end(UNSUPPORTED_DATA);
    this.options.onError.call(this, new Error("the broker sent text through the WebSocket, where MQTT has binary frames only"));
  }

  failed(error: unknown = this.reason): void {
    if (this.client === undefined) this.broken = true;
    else this.options.onError.call(this, error);
  }

  private end(status: readonly number[]): void {
    const client = this.client;
    if (client === undefined) return;
    this.client = undefined;
    try {
      client.write(Uint8Array.from(status), CLOSE);
    } catch {
      // There is no connection, or no room: it ends without.
    }
    client.close();
  }
}

/** Options of `connect`, `report` and `MQTTClient` that stand for a URL. */
export interface WebSocketOptions {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly socket: SocketOptions;
  readonly dns: ResolverOptions;
}

/**
 * Brings a URL of MQTT over WebSocket into the form of options: `connect(webSocket("ws://broker.local/mqtt", device.network.ws))`. This
 * stands apart from `connect` so that who speaks plain MQTT does without its bytecode.
 *
 * @param url `ws[s]://[user[:password]@]host[:port][/path]`. Defaults: port 80, with TLS 443; path "/mqtt", as most brokers have it.
 * @param client the host's WebSocket client with its options: `device.network.ws`, for `wss:` `device.network.wss`.
 * @throws MqttError (configuration) when the URL is none.
 */
export function webSocket(url: string, client: WebSocketClientOptions): WebSocketOptions {
  const parts = URL_PATTERN.exec(url);
  if (parts !== null)
    try {
      const { secure, host, port = secure ? 443 : 80, user, password } = parseUrl(`mqtt${parts[1] ?? ""}`);
      return {
        host, port, socket: { io: WebSocketTransport, client, path: parts[2] }, dns: client.dns,
        ...(user === undefined ? undefined : { user }), ...(password === undefined ? undefined : { password }),
      };
    } catch {
      // Said below, with the right example.
    }
  throw configurationError(`the URL "${url.replace(/\/\/.*@/, "//...@")}"`, "like ws://host:80/path or wss://user:password@host, with %40 for an @");
}
