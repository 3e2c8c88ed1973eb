import { connect } from "node:tls";
import { StreamSocket } from "./stream-socket.js";
import { endpointOf, type TCPOptions } from "./tcp.js";
import { tlsOptionsOf, type SecureOptions } from "./tls-options.js";

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
    const endpoint = endpointOf("TLSSocket", options);
    const secure = tlsOptionsOf(options.secure ?? options.tls ?? {}, options.host ?? options.address);
    super("TLSSocket", options, () => connect({ ...endpoint, ...secure }).prependListener("error", advise), "secureConnect");
  }
}

/** OpenSSL's codes for a certificate that no trusted authority vouches for. */
const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Says what to do where OpenSSL only says what is wrong. */
function advise(error: NodeJS.ErrnoException): void {
  if (error.code !== undefined && untrusted.has(error.code))
    error.message += "; give the certificate of the server's authority as the option secure.certificate";
}
