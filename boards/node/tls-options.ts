import { Buffer } from "node:buffer";
import { isIP } from "node:net";
import type { ConnectionOptions, SecureVersion } from "node:tls";
import { bytesOf, type ByteBuffer } from "./byte-buffer.js";
import { checkServerName } from "./certificate-error.js";

/** A certificate or key: DER as on devices, or PEM as text or bytes. */
export type Credential = string | ByteBuffer;

/**
 * The options `secure` of Moddable's SDK and `tls` of ECMA-419. Of two names for one thing the first is the SDK's,
 * the second the specification's.
 */
export interface SecureOptions {
  /** Name that the server's certificate must bear, and that is asked for (SNI). Default: the option `host` of the socket. */
  readonly serverName?: string;
  readonly host?: string;
  /** Certificates of the authorities to trust. Default: those that come with Node. */
  readonly certificate?: Credential | readonly Credential[];
  readonly ca?: Credential | readonly Credential[];
  /** The client's own certificate, then its intermediate ones. */
  readonly clientCertificates?: Credential | readonly Credential[];
  readonly clientCertificate?: Credential | readonly Credential[];
  /** The client's private key; as DER: PKCS #8. */
  readonly clientKey?: Credential;
  readonly applicationLayerProtocolNegotiation?: string | readonly string[];
  readonly applicationLayerProtocol?: string | readonly string[];
  /** Default "TLSv1.2", which is also the least. */
  readonly minimumVersion?: "TLSv1.2" | "TLSv1.3";
  readonly maximumVersion?: "TLSv1.2" | "TLSv1.3";
  /** `false` accepts any server. For debugging only. */
  readonly verify?: boolean;
}

/** @param host name or address of the server, used where `secure` names none. */
export function serverNameOf(secure: SecureOptions, host: string): string {
  return secure.serverName ?? secure.host ?? host;
}

/**
 * Translates to the options of `node:tls`.
 * @throws TypeError or RangeError for invalid options.
 */
export function tlsOptionsOf(secure: SecureOptions, serverName: string): ConnectionOptions {
  const ca = secure.certificate ?? secure.ca;
  const cert = secure.clientCertificates ?? secure.clientCertificate;
  const protocols = secure.applicationLayerProtocolNegotiation ?? secure.applicationLayerProtocol;
  const options: ConnectionOptions = {
    // SNI has no IP addresses (RFC 6066, 3); the certificate is checked for them all the same.
    servername: isIP(serverName) ? "" : serverName,
    checkServerIdentity: (_, certificate) => checkServerName(serverName, certificate),
    minVersion: version("minimumVersion", secure.minimumVersion) ?? "TLSv1.2",
    rejectUnauthorized: secure.verify ?? true,
  };
  const maximum = version("maximumVersion", secure.maximumVersion);
  if (maximum) options.maxVersion = maximum;
  if (ca !== undefined) options.ca = listOf(ca).map((item) => pem(item, "certificate", "CERTIFICATE"));
  if (cert !== undefined) options.cert = listOf(cert).map((item) => pem(item, "clientCertificates", "CERTIFICATE")).join("");
  if (secure.clientKey !== undefined) options.key = pem(secure.clientKey, "clientKey", "PRIVATE KEY");
  if (protocols !== undefined) options.ALPNProtocols = typeof protocols === "string" ? [protocols] : [...protocols];
  return options;
}

function listOf(value: Credential | readonly Credential[]): readonly Credential[] {
  return Array.isArray(value) ? (value as readonly Credential[]) : [value as Credential];
}

/** PEM text of a credential; DER (which begins with a SEQUENCE, 0x30) is wrapped. */
function pem(credential: Credential, option: string, label: string): string {
  if (typeof credential === "string") return `${credential}\n`;
  const bytes = bytesOf(credential, `TLS: the option ${option}`);
  const { buffer, byteOffset, byteLength } = bytes;
  if (bytes[0] !== 0x30) return `${Buffer.from(buffer, byteOffset, byteLength).toString("latin1")}\n`;
  const base64 = Buffer.from(buffer, byteOffset, byteLength).toString("base64");
  return [`-----BEGIN ${label}-----`, ...(base64.match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ""].join("\n");
}

function version(option: string, value: SecureVersion | undefined): SecureVersion | undefined {
  if (value !== undefined && value !== "TLSv1.2" && value !== "TLSv1.3") throw new RangeError(`TLS: the option ${option} is "TLSv1.2" or "TLSv1.3"`);
  return value;
}
