/** The SDK's modules for TLS, as far as this folder uses them: the typings package has none of them. */

declare module "embedded:io/socket/tcp/tls" {
  const TLSSocket: new (options: Readonly<Record<string, unknown>>) => import("../../../src/client/ecma-419.js").Socket;
  export default TLSSocket;
}

declare module "Resource" {
  /** A file of the program, where it lies in flash. */
  class Resource extends ArrayBuffer {
    constructor(name: string);
    static exists(name: string): boolean;
  }
  export default Resource;
}

declare module "bin" {
  const Bin: { /** @returns 0 for the same bytes. */ comp(a: Uint8Array, b: Uint8Array): number };
  export default Bin;
}

declare module "crypt" {
  class Digest {
    constructor(name: "SHA256" | "SHA384" | "SHA512");
    process(bytes: Uint8Array): ArrayBuffer;
  }
  export { Digest };
}

declare module "ecdsa" {
  const ECDSA: new (point: unknown, curve: import("x509").Curve) => { verify(digest: ArrayBuffer, signature: Uint8Array, asn1: true): boolean };
  export default ECDSA;
}

declare module "pkcs1_5" {
  /** With an empty list of object identifiers any digest's name will do. */
  const PKCS1_5: new (key: import("x509").PublicKey, secret: false, identifiers: readonly number[]) => { verify(digest: ArrayBuffer, signature: Uint8Array): boolean };
  export default PKCS1_5;
}

declare module "pkcs8" {
  const PKCS8: { parse(key: Uint8Array): unknown };
  export default PKCS8;
}

declare module "x509" {
  export interface Curve {
    /** Order of the base point. */
    readonly n: bigint;
    /** Its length in bytes. */
    readonly orderSize: number;
  }

  /** Either of RSA or of an elliptic curve; empty for anything else. */
  export interface PublicKey {
    readonly modulus?: bigint;
    readonly exponent?: bigint;
    readonly curve?: Curve;
    readonly pub?: unknown;
  }

  const X509: {
    decode(certificate: Uint8Array): { readonly tbs: Uint8Array; readonly algo: Uint32Array; readonly sig: Uint8Array; readonly spki: PublicKey };
    decodeTBS(tbs: Uint8Array): { readonly issuer: Uint8Array; readonly subject: Uint8Array; readonly validity: { readonly from: number; readonly to: number } };
    /** Names by their tag: 2 a domain name, 7 an address. */
    decodeSAN(certificate: Uint8Array): readonly { readonly tag: number; readonly value: string | ArrayBuffer }[] | undefined;
    /** The value of an extension in DER. */
    decodeExtension(certificate: Uint8Array, identifier: readonly number[]): Uint8Array | ArrayBuffer | undefined;
  };
  export default X509;
}

declare module "ssl/stream" {
  class SSLStream {
    constructor(bytes: Uint8Array | ArrayBuffer);
    readonly bytesAvailable: number;
    readChar(): number;
    /** A number of so many bytes. */
    readChars(count: number): number;
    readChunk(count: number): ArrayBuffer;
  }
  export default SSLStream;
}

declare module "xs-mqtt/sdk-handshake" {
  type SSLStream = import("ssl/stream").default;

  /** The SDK's `ssl/handshake`, which takes messages apart by methods of its own. */
  interface Session {
    readonly alert?: unknown;
    readonly certificateManager: { getKey(certificate: unknown): import("x509").PublicKey };
    readonly peerCert: unknown;
    /** The option `secure` of the socket. */
    readonly options: { readonly progress?: { finished: boolean } };
  }
  interface Message {
    unpacketize(session: Session, stream: SSLStream): void;
  }
  const handshake: Message & { readonly serverHello: Message; readonly serverKeyExchange: Message; readonly finished: Message };
  export { Session };
  export default handshake;
}

/** What `manifest-tls.json` puts in place of the SDK's `ssl/cert`. */
declare module "ssl/cert" {
  export const checkSignature: typeof import("./signature.js").checkSignature;
}

/** The TLS of this build: undefined without `manifest-tls.json`. */
declare module "xs-mqtt/tls" {
  const tls: import("../../../src/client/ecma-419.js").SocketOptions | undefined;
  export default tls;
}

/** Of XS. */
interface BigIntConstructor {
  /** The number of these bytes, the highest first. */
  fromArrayBuffer(bytes: ArrayBuffer): bigint;
}
