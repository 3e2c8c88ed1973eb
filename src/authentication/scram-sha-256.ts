import { toBytes } from "../client/bytes.js";
import { checkInteger, checkNames, configurationError, MqttError } from "../protocol/error.js";
import { encodeUtf8, isUtf8, readUtf8 } from "../protocol/codec/utf8.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import { Authenticator } from "./authenticator.js";
import { fromBase64, toBase64 } from "./base64.js";
import { hmac } from "./hmac.js";
import type { AuthenticationExchange, AuthenticationMethod } from "./method.js";
import { pbkdf2 } from "./pbkdf2.js";
import { HASH, sha256 } from "./sha-256.js";

/** The fewest iterations that a server may ask for (RFC 7677, 4). */
const MINIMUM_ITERATIONS = 4096;

/** Random bytes of a nonce: 20 characters. */
const NONCE = 15;

/** The server's first message: nonce, salt, iterations, extensions that need not be known (RFC 5802, 5.1, 7). */
const CHALLENGE = /^r=([!-+\--~]+),s=([^,]+),i=([1-9]\d{0,8})(,.*)?$/;

/** "n,,": no channel binding and no other identity (RFC 5802, 7), and its Base64. */
const HEADER = "n,,";
const BINDING = "c=biws";

/** What the client proves itself with, for one salt and number of iterations (RFC 5802, 3): as secret as the password, but of use to this server only. */
export interface ScramKeys {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** 32 bytes. */
  readonly clientKey: Uint8Array;
  /** 32 bytes. */
  readonly serverKey: Uint8Array;
}

/** Options of {@link scramSha256}. */
export interface ScramOptions {
  /** Printable ASCII. */
  readonly user: string;
  /** Printable ASCII, or the UTF-8 bytes of what SASLprep (RFC 4013) makes of any other. May be left out where `keys` are given. */
  readonly password?: string | Uint8Array | ArrayBuffer;
  /** Keys of an earlier run, as `onKeys` gave them: nothing is derived while the server's salt and iterations are theirs. */
  readonly keys?: ScramKeys;
  /** New keys were derived. Store them, as safely as a password: deriving takes a microcontroller long. */
  readonly onKeys?: (keys: ScramKeys) => void;
  /** The most iterations that are derived, so that no server keeps the client busy for ever: 4,096 to 2,147,483,647. Default 16,384. */
  readonly maximumIterations?: number;
  /** Fills the array with what nobody can foresee. */
  readonly random: (bytes: Uint8Array) => unknown;
  /** PBKDF2 with HMAC-SHA-256, 32 bytes, where the host has a faster one. */
  readonly pbkdf2?: (password: Uint8Array, salt: Uint8Array, iterations: number) => Uint8Array | Promise<Uint8Array>;
}

function refused(why: string): MqttError {
  return new MqttError("peer", `SCRAM-SHA-256: ${why}`, ReasonCode.NOT_AUTHORIZED);
}

/** What a SCRAM message says; empty where there is none. */
function toText(data: Uint8Array | undefined): string {
  return data !== undefined && isUtf8(data, 0, data.length) ? readUtf8(data, 0, data.length) : "";
}

/** SCRAM with SHA-256 (RFC 5802, RFC 7677) as an Authentication Method. */
export class ScramSha256 implements AuthenticationMethod {
  readonly name = "SCRAM-SHA-256";
  readonly user: string;
  private readonly password: Uint8Array | undefined;
  private readonly options: ScramOptions;
  private readonly maximum: number;
  /** Salt and iterations that {@link keys} are for, as the server writes them. */
  private source: string | undefined;
  private keys: ScramKeys | Promise<ScramKeys> | undefined;
  /** One derivation at a time: it goes on when the connection that wanted it is lost, and the next connection has its keys. */
  private deriving: boolean;

  constructor(options: ScramOptions) {
    checkNames("the SCRAM option", options, "user password keys onKeys maximumIterations random pbkdf2");
    const { user, password, keys, maximumIterations, random } = options;
    if (typeof user !== "string" || !/^[ -~]+$/.test(user)) throw configurationError("user", "printable ASCII");
    if (password === undefined && keys === undefined) throw configurationError("password", "given, or keys");
    if (typeof password === "string" && !/^[ -~]+$/.test(password))
      throw configurationError("password", "printable ASCII, or the UTF-8 bytes of what SASLprep makes of it");
    if (typeof random !== "function") throw configurationError("random", "a function that fills a Uint8Array with what nobody can foresee: this host has none of its own");
    this.options = options;
    this.user = user.replaceAll("=", "=3D").replaceAll(",", "=2C");
    this.password = password === undefined ? undefined : toBytes("password", password);
    this.maximum = checkInteger("maximumIterations", maximumIterations ?? 16_384, MINIMUM_ITERATIONS, 0x7fffffff);
    this.deriving = false;
    if (keys === undefined) return;
    const { salt, iterations, clientKey, serverKey } = keys;
    if (![salt, clientKey, serverKey].every((key) => key instanceof Uint8Array) || clientKey.length !== HASH || serverKey.length !== HASH)
      throw configurationError("keys", "as onKeys gave them");
    this.source = `${toBase64(salt)},${iterations}`;
    this.keys = keys;
  }

  begin(): AuthenticationExchange {
    const bytes = new Uint8Array(NONCE);
    this.options.random(bytes);
    if (bytes.every((byte) => byte === 0)) throw configurationError("random", "a function that fills the array it is given");
    return new ScramExchange(this, toBase64(bytes));
  }

  /** The keys for a salt, in Base64, and a number of iterations. */
  keysFor(salt: string, iterations: number): ScramKeys | Promise<ScramKeys> {
    const source = `${salt},${iterations}`;
    const { keys, maximum, password } = this;
    const bytes = fromBase64(salt);
    if (bytes === undefined) throw refused("the server's salt is not Base64");
    if (iterations < MINIMUM_ITERATIONS) throw refused(`the server asks for ${iterations} iterations, ${MINIMUM_ITERATIONS} is the least that is safe: have it changed there`);
    if (keys !== undefined && source === this.source) return keys;
    if (password === undefined) throw refused("the keys are for another salt or number of iterations than the server's: make them anew from the password");
    if (iterations > maximum) throw refused(`the server asks for ${iterations} iterations: set maximumIterations larger if you trust it`);
    if (this.deriving) throw refused("the server has changed salt or iterations while keys were derived");
    this.source = source;
    return (this.keys = this.derive(password, bytes, iterations));
  }

  private async derive(password: Uint8Array, salt: Uint8Array, iterations: number): Promise<ScramKeys> {
    this.deriving = true;
    try {
      const salted = await (this.options.pbkdf2 ?? pbkdf2)(password, salt, iterations);
      const keys = { salt, iterations, clientKey: hmac(salted, encodeUtf8("Client Key")), serverKey: hmac(salted, encodeUtf8("Server Key")) };
      this.keys = keys;
      this.options.onKeys?.(keys);
      return keys;
    } finally {
      this.deriving = false;
      // What failed is tried again.
      if (this.keys instanceof Promise) this.keys = undefined;
    }
  }
}

class ScramExchange implements AuthenticationExchange {
  readonly data: Uint8Array;
  private readonly method: ScramSha256;
  private readonly nonce: string;
  /** The server's challenge has come. */
  private challenged: boolean;
  /** The server's proof: what its last message begins with. */
  private proof: string | undefined;

  constructor(method: ScramSha256, nonce: string) {
    this.method = method;
    this.nonce = nonce;
    this.challenged = false;
    this.data = encodeUtf8(HEADER + this.first);
  }

  /** The first message without its header. */
  private get first(): string {
    return `n=${this.method.user},r=${this.nonce}`;
  }

  async next(data: Uint8Array | undefined): Promise<Uint8Array> {
    const text = toText(data);
    const [, nonce = "", salt = "", iterations] = CHALLENGE.exec(text) ?? [];
    if (this.challenged || nonce === "") throw this.wrong(text);
    this.challenged = true;
    if (!nonce.startsWith(this.nonce) || nonce === this.nonce) throw refused("the server's nonce does not continue ours: its message is of another exchange");
    const { clientKey, serverKey } = await this.method.keysFor(salt, Number(iterations));
    const final = `${BINDING},r=${nonce}`;
    const message = encodeUtf8(`${this.first},${text},${final}`);
    const proof = hmac(sha256(clientKey), message);
    this.proof = `v=${toBase64(hmac(serverKey, message))}`;
    return encodeUtf8(`${final},p=${toBase64(proof.map((byte, i) => byte ^ (clientKey[i] ?? 0)))}`);
  }

  done(data: Uint8Array | undefined): void {
    const text = toText(data);
    if (this.proof === undefined || (text !== this.proof && !text.startsWith(`${this.proof},`))) throw this.wrong(text);
  }

  /** What is wrong with a message of the server. */
  private wrong(text: string): MqttError {
    const error = /^e=([\w-]+)/.exec(text)?.[1];
    if (error !== undefined) return refused(`the server says ${error}`);
    return refused(text.startsWith("v=") ? "the server does not know the password: it is another one, or the password is wrong" : "the server's message makes no sense");
  }
}

/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677) for the option `authenticator` of `connect`: client and server prove to each other that they know the
 * password, and neither says it. Without channel binding: over TCP without TLS only the password is safe, not what follows.
 *
 * @throws MqttError (configuration) naming a wrong option and what it may be.
 */
export function scramSha256(options: ScramOptions): Authenticator {
  return new Authenticator(new ScramSha256(options));
}
