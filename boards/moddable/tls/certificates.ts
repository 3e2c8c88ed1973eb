/**
 * In place of the SDK's `ssl/cert`. That one (8.2.3) accepts a certificate that somebody made for himself, as long as a real one of the
 * authority comes behind it, and it refuses servers that send their own certificate only.
 */
import Bin from "bin";
import PKCS8 from "pkcs8";
import type { PublicKey } from "x509";
import { checkChain } from "./chain.js";
import { contains } from "./der.js";
import { refusal } from "./refusal.js";

export { checkSignature } from "./signature.js";

/** The kind of a key, in DER. */
const rsaEncryption = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

/** The option `secure` of the socket. */
interface Options {
  /** Of the authorities that are trusted: DER, one after another. */
  readonly certificate?: ArrayBuffer;
  /** The device's own certificate, then intermediate ones. */
  readonly clientCertificates?: readonly Uint8Array[];
  /** PKCS #8 in DER, of RSA. */
  readonly clientKey?: ArrayBuffer;
}

/** What the SDK's handshake asks about certificates. */
export default class CertificateManager {
  private readonly options: Options;
  /** Of the server, once its certificate is accepted. */
  private key: PublicKey | undefined;

  constructor(options: Options) {
    this.options = options;
  }

  /** @returns true. @throws Error where the server is not who it should be. */
  verify(chain: readonly Uint8Array[], { tls_server_name: host }: { readonly tls_server_name: string }): boolean {
    const { certificate } = this.options;
    if (certificate === undefined) throw refusal("there is no certificate of an authority to check the broker's with");
    this.key = checkChain(chain, host, new Uint8Array(certificate), Date.now());
    return true;
  }

  /** The SDK hands in what it has just had verified. */
  register(): void {
    // The key is there already.
  }

  /** @returns the secret key that belongs to the device's own certificate, for any other the key of the server. */
  getKey(certificate?: Uint8Array): unknown {
    const { clientCertificates, clientKey } = this.options;
    const own = clientCertificates?.[0];
    if (own && clientKey && certificate && Bin.comp(own, new Uint8Array(certificate)) === 0) return secretKey(new Uint8Array(clientKey));
    if (this.key === undefined) throw new Error("the server has not shown its certificate");
    return this.key;
  }

  /** @returns the device's own certificates: none where the server asks and there are none. */
  findPreferredCert(): readonly Uint8Array[] {
    return this.options.clientCertificates ?? [];
  }
}

/** @throws Error for a key that the SDK cannot sign with. */
function secretKey(key: Uint8Array): unknown {
  if (!contains(key.subarray(0, 32), rsaEncryption)) throw refusal("the device's own key must be of RSA: the SDK signs with no other");
  return PKCS8.parse(key);
}
