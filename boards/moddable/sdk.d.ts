/**
 * All that this project adds to Moddable's typings, as far as it uses it: modules of the SDK that the typings package lacks or has otherwise, and
 * those that a manifest of ours chooses. `test/boards/moddable/typings` holds it to what it says.
 */

/** Loaded for what it does: it makes the globals `System` and, on a microcontroller, `device`. */
declare module "system";

/** Loaded for what it does: it gives `device` the network of this board; the manifest says which of `network-*.ts` it is. */
declare module "xs-mqtt/network";

declare module "embedded:io/socket/tcp" {
  const TCP: import("../../src/client/ecma-419.js").SocketOptions["io"];
  export default TCP;
}

declare module "embedded:network/interface/wifi" {
  const WiFi: import("../../src/node/host.js").WiFiClass;
  export default WiFi;
}

declare module "ethernet" {
  /** Tells of "connect", "gotIP" and "disconnect". */
  export default class Ethernet {
    static start(): void;
    constructor(callback: (event: string) => void);
    close(): void;
  }
}

declare module "modules" {
  /** The modules of this build, by specifier. */
  const Modules: {
    has(specifier: string): boolean;
    /** @returns the default export. */
    importNow(specifier: string): unknown;
  };
  export default Modules;
}

declare module "net" {
  const Net: { get(property: "IP", interface: "ethernet"): string | undefined };
  export default Net;
}

declare module "sntp" {
  /** Closes itself after the time or a failure. */
  const SNTP: {
    readonly time: number;
    readonly retry: number;
    new (options: { readonly host: string }, callback: (event: number, value: number | string | undefined) => void): unknown;
  };
  export default SNTP;
}

declare module "embedded:storage/flash" {
  const Flash: { open(options: { readonly path: string }): import("../../src/storage/flash.js").FlashPartition };
  export default Flash;
}

/** Opens the partition for session and readings; undefined where the host has none. The manifest says which of `flash.ts` and `without-flash.ts` it is. */
declare module "xs-mqtt/flash" {
  const openFlash: (() => import("../../src/storage/flash.js").FlashPartition) | undefined;
  export default openFlash;
}

declare module "embedded:network/websocket/client" {
  const WebSocketClient: import("../../src/client/ecma-419.js").WebSocketClientOptions["io"];
  export default WebSocketClient;
}

/** The WebSocket of this build: both are undefined without `manifest-websocket.json`. */
declare module "xs-mqtt/web-socket" {
  export const io: import("../../src/client/ecma-419.js").WebSocketClientOptions["io"] | undefined;
  export const route: ((url: string) => import("../../src/client/web-socket.js").WebSocketOptions) | undefined;
}

declare module "embedded:io/socket/tcp/tls" {
  const TLSSocket: new (options: Readonly<Record<string, unknown>>) => import("../../src/client/ecma-419.js").Socket;
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
  /** @throws Error for a key or a signature that is not to be trusted. */
  export function checkSignature(key: import("x509").PublicKey, signature: Uint8Array): void;
}

/** The TLS of this build: undefined without `manifest-tls.json`. */
declare module "xs-mqtt/tls" {
  const tls: import("../../src/client/ecma-419.js").SocketOptions | undefined;
  export default tls;
}

declare const System: {
  /** Asks the host's own resolver, which knows the name server that came with the address. The address is undefined where there is none. */
  resolve(name: string, callback: (name: string, address: string | undefined) => void): void;
  /** A microcontroller has it. */
  readonly restart?: () => void;
};

declare function trace(text: string): void;

/** Of XS. */
interface BigIntConstructor {
  /** The number of these bytes, the highest first. */
  fromArrayBuffer(bytes: ArrayBuffer): bigint;
}
