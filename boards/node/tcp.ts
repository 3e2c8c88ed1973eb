import { connect, isIP, type Socket } from "node:net";
import { checkOptions } from "./check.js";
import { StreamSocket, type StreamSocketOptions } from "./stream-socket.js";

export interface TCPOptions extends StreamSocketOptions {
  /** IP address of the peer; names are resolved by a Resolver before. */
  readonly address: string;
  /** 1 to 65,535. */
  readonly port: number;
  /** Send at once, without Nagle's algorithm. Default false. */
  readonly noDelay?: boolean;
  /** The SDK's name of `noDelay`. */
  readonly nodelay?: boolean;
  /** Interval of TCP keep-alive probes in milliseconds. Default: none are sent. */
  readonly keepAlive?: number;
}

/** What `net.connect` and `tls.connect` need of the options. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
}

/**
 * Validates where to connect to.
 * @throws TypeError without options or address, RangeError for values out of range.
 */
export function endpointOf(name: string, options: TCPOptions): Endpoint {
  checkOptions(name, options);
  const { address, port, keepAlive } = options;
  if (typeof address !== "string" || isIP(address) === 0) throw new TypeError(`${name}: the option address must be an IP address; resolve names with a Resolver`);
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) throw new RangeError(`${name}: the option port must be 1 to 65535`);
  if (keepAlive !== undefined && !(keepAlive > 0)) throw new RangeError(`${name}: the option keepAlive must be a positive number of milliseconds`);
  return {
    host: address,
    port,
    noDelay: options.noDelay ?? options.nodelay ?? false,
    keepAlive: keepAlive !== undefined,
    keepAliveInitialDelay: keepAlive ?? 0,
  };
}

/** ECMA-419 TCP socket (clause 10) over `node:net`. */
export default class TCP extends StreamSocket {
  /** @throws TypeError or RangeError for invalid options, before anything is opened. */
  constructor(options: TCPOptions) {
    super("TCP", options, openTCP("TCP", options), "connect");
  }
}

/**
 * Validates the options.
 * @param name the class, for messages
 * @returns what opens the connection
 */
export function openTCP(name: string, options: TCPOptions): () => Socket {
  const endpoint = endpointOf(name, options);
  return () => connect(endpoint);
}
