/**
 * X.509 certificates for tests, made on the spot: Node signs but does not make them. Just enough of DER (X.690) and
 * of the certificate profile (RFC 5280) for OpenSSL to accept the result.
 */
import { createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate and its private key, both in PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

const tag = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utf8String: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31 };

/** When a certificate is valid, in milliseconds since 1970. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

export const DAY = 86_400_000;

/** From yesterday to tomorrow. */
export function today(): Validity {
  return { from: Date.now() - DAY, until: Date.now() + DAY };
}

/** Object identifiers, as DER has them. */
const oid = {
  commonName: der(tag.oid, Buffer.from("550403", "hex")),
  ecdsaWithSHA256: der(tag.oid, Buffer.from("2a8648ce3d040302", "hex")),
  basicConstraints: der(tag.oid, Buffer.from("551d13", "hex")),
  subjectAlternativeName: der(tag.oid, Buffer.from("551d11", "hex")),
};

/** An authority that issues certificates. */
export class Authority {
  readonly #name: string;
  readonly #key: KeyObject;
  /** The authority's own certificate, in PEM. */
  readonly certificate: string;

  constructor(name = "xs-mqtt test authority", validity = today(), { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })) {
    this.#name = name;
    this.#key = privateKey;
    const isAuthority = der(tag.sequence, der(tag.boolean, Buffer.of(0xff)));
    this.certificate = this.#sign(name, publicKey, validity, extension(oid.basicConstraints, isAuthority));
  }

  /** Issues a certificate for domain names and IPv4 addresses, of which the first is the common name, too, for the time of a test. */
  issue(...names: [string, ...string[]]): Credentials {
    return this.issueFor(today(), ...names);
  }

  /** As {@link issue}, for another time. */
  issueFor(validity: Validity, ...names: [string, ...string[]]): Credentials {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const alternatives = names.map((name) => (isIPv4(name) ? der(0x87, Buffer.from(name.split(".").map(Number))) : der(0x82, Buffer.from(name))));
    return {
      certificate: this.#sign(names[0], createPublicKey(privateKey), validity, extension(oid.subjectAlternativeName, der(tag.sequence, ...alternatives))),
      key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
  }

  #sign(subject: string, publicKey: KeyObject, { from, until }: Validity, extensions: Buffer): string {
    const algorithm = der(tag.sequence, oid.ecdsaWithSHA256);
    const body = der(
      tag.sequence,
      der(0xa0, der(tag.integer, Buffer.of(2))),
      der(tag.integer, Buffer.concat([Buffer.of(0x01), randomBytes(8)])),
      algorithm,
      distinguishedName(this.#name),
      der(tag.sequence, utcTime(from), utcTime(until)),
      distinguishedName(subject),
      publicKey.export({ type: "spki", format: "der" }),
      der(0xa3, der(tag.sequence, extensions)),
    );
    const signature = sign("sha256", body, this.#key);
    const base64 = der(tag.sequence, body, algorithm, der(tag.bitString, Buffer.of(0), signature)).toString("base64");
    return ["-----BEGIN CERTIFICATE-----", ...(base64.match(/.{1,64}/g) ?? []), "-----END CERTIFICATE-----", ""].join("\n");
  }
}

/** One DER value: tag, length, contents. */
function der(type: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(type, ...length), content]);
}

function extension(id: Buffer, value: Buffer): Buffer {
  return der(tag.sequence, id, der(tag.boolean, Buffer.of(0xff)), der(tag.octetString, value));
}

function distinguishedName(commonName: string): Buffer {
  return der(tag.sequence, der(tag.set, der(tag.sequence, oid.commonName, der(tag.utf8String, Buffer.from(commonName)))));
}

function utcTime(time: number): Buffer {
  return der(tag.utcTime, Buffer.from(new Date(time).toISOString().replace(/[-:T]|\.\d+/g, "").slice(2)));
}
