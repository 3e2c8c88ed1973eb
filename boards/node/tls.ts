import { connect, type TLSSocket as NodeSocket } from "node:tls";
import { explainRefusal } from "./certificate-error.js";
import { StreamSocket } from "./stream-socket.js";
import { endpointOf, type TCPOptions } from "./tcp.js";
import { serverNameOf, tlsOptionsOf, type SecureOptions } from "./tls-options.js";

export interface TLSOptions extends TCPOptions {
  /** Name of the server, for its certificate. Default: `address`. */
  readonly host?: string;
  readonly secure?: SecureOptions;
  /** The specification's name of `secure`. */
  readonly tls?: SecureOptions;
}

/**
 * ECMA-419 TLS client socket (clause 10) over `node:tls`: TLS 1.2 or newer, the server's certificate and name verified.
 * The option `TCP` of the SDK's class is ignored: Node brings its own.
 */
export default class TLSSocket extends StreamSocket {
  /** @throws TypeError or RangeError for invalid options, before anything is opened; also what OpenSSL says of a bad certificate or key. */
  constructor(options: TLSOptions) {
    super("TLSSocket", options, openTLS("TLSSocket", options), "secureConnect");
  }
}

/**
 * Validates the options.
 * @param name the class, for messages
 * @returns what opens the connection
 */
export function openTLS(name: string, options: TLSOptions): () => NodeSocket {
  const endpoint = endpointOf(name, options);
  const secure = options.secure ?? options.tls ?? {};
  const serverName = serverNameOf(secure, options.host ?? options.address);
  const tlsOptions = tlsOptionsOf(secure, serverName);
  return () => {
    const socket = connect({ ...endpoint, ...tlsOptions });
    explainRefusal(socket, serverName);
    return socket;
  };
}
