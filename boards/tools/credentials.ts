/** Certificates and key for a device with TLS: files in PEM or DER become the resources that the firmware looks for. */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { UsageError } from "../simulator/tools/command-line.js";

/** Paths as the command line names them. */
export interface CredentialFiles {
  /** Of the authorities to trust. */
  readonly ca?: string | undefined;
  /** The device's own certificate, then intermediate ones, and its key. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * @param broker URL of the broker.
 * @returns the program's files by name, none where the broker is asked without TLS.
 * @throws UsageError saying which file is missing or wrong, without telling its content.
 */
export function readCredentials(broker: unknown, { ca, certificate, key }: CredentialFiles): Readonly<Record<string, Uint8Array>> {
  const secure = typeof broker === "string" && /^(mqtts|wss):/.test(broker);
  if (!secure) {
    if (ca !== undefined || certificate !== undefined || key !== undefined) throw new UsageError("--ca, --certificate and --key are for a broker with TLS: --broker mqtts://HOST");
    return {};
  }
  if (ca === undefined) throw new UsageError("--ca FILE is missing: the certificate of the authority that has signed the broker's, in PEM or DER");
  if ((certificate === undefined) !== (key === undefined)) throw new UsageError("--certificate and --key belong together");
  return {
    "broker-ca.der": readCertificates("--ca", ca),
    ...(certificate !== undefined && key !== undefined && {
      "device-certificate.der": readCertificates("--certificate", certificate), "device-key.der": readKey("--key", key),
    }),
  };
}

/** @returns them in DER, one after another. */
function readCertificates(option: string, path: string): Uint8Array {
  const bytes = read(option, path);
  const texts = bytes.toString("latin1").match(pemCertificate) ?? [bytes];
  try {
    return Buffer.concat(texts.map((text) => new X509Certificate(text).raw));
  } catch {
    throw new UsageError(`${option} ${path}: must be a certificate in PEM or DER`);
  }
}

/** @returns it in DER, as PKCS #8. */
function readKey(option: string, path: string): Uint8Array {
  const bytes = read(option, path);
  let key: KeyObject;
  try {
    key = bytes.includes("-----BEGIN") ? createPrivateKey(bytes) : createPrivateKey({ key: bytes, format: "der", type: "pkcs8" });
  } catch {
    throw new UsageError(`${option} ${path}: must be a private key in PEM, without a password, or in DER (PKCS #8)`);
  }
  if (key.asymmetricKeyType !== "rsa") throw new UsageError(`${option} ${path}: must be a key of RSA; the SDK's TLS signs with no other`);
  return key.export({ format: "der", type: "pkcs8" });
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new UsageError(`${option} ${path}: cannot be read`);
  }
}
