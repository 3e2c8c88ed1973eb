import type { MqttError } from "../protocol/error.js";
import type { Connect } from "../protocol/codec/connect.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import { Backoff } from "./backoff.js";
import type { Configuration } from "./configuration.js";

/** Refusals that last until somebody mends something: credentials, names, rights. Trying every second helps nobody. */
const LASTING: readonly number[] = [
  ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, ReasonCode.BAD_USER_NAME_OR_PASSWORD, ReasonCode.NOT_AUTHORIZED, ReasonCode.PACKET_TOO_LARGE,
  ReasonCode.RETAIN_NOT_SUPPORTED, ReasonCode.QOS_NOT_SUPPORTED,
];

/** What a server that does not know MQTT 5.0 may make of its CONNECT (MQTT 5.0, 3.1.2.2). */
const NOT_UNDERSTOOD: readonly number[] = [ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, ReasonCode.MALFORMED_PACKET, ReasonCode.PROTOCOL_ERROR];

/** In place of a delay: the same attempt goes on in MQTT 3.1.1. */
export const AT_ONCE = -1;

/** When to come back after a connection, and with what CONNECT. */
export class Reconnection {
  /** The CONNECT of the next connection. */
  connect: Connect;
  readonly #configuration: Configuration;
  readonly #backoff: Backoff | undefined;
  /** The broker is known to speak this version, and not version 5 where this is 4. */
  #spoken = false;
  /** It said clearly that it does not speak version 5; silence or a cut may have been an accident. */
  #refused = false;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.connect = configuration.connect;
    const { reconnect } = configuration;
    this.#backoff = reconnect === false ? undefined : new Backoff(reconnect.minimum, reconnect.maximum);
  }

  /**
   * There is a session to come back to now, under the name the server may have given; in MQTT 3.1.1 clean means clean each time.
   * @returns the Client Identifier.
   */
  connected(assigned: string | undefined): string {
    const { version, clientId } = this.connect;
    const id = assigned ?? clientId;
    this.#spoken = version === 5 || this.#refused;
    this.connect = { ...this.connect, clientId: id, cleanStart: version === 4 && this.#configuration.connect.cleanStart };
    return id;
  }

  /**
   * @param lasted how long the connection stood in milliseconds, -1 for not at all.
   * @param greeted whether CONNECT was sent.
   * @returns milliseconds until the next attempt, Infinity for never, {@link AT_ONCE} to ask again in the other version.
   */
  delayAfter(error: MqttError, lasted: number, greeted: boolean): number {
    const { reconnect } = this.#configuration;
    const backoff = this.#backoff;
    if (lasted >= 0 && !this.#spoken && this.#configuration.anyVersion) this.connect = { ...this.connect, version: 5 };
    const changed = lasted < 0 && greeted && this.#changeVersion(error);
    // What does not fit the receive buffer would come again and again with its session.
    if (lasted >= 0 && error.reasonCode === ReasonCode.PACKET_TOO_LARGE) this.connect = { ...this.connect, cleanStart: true };
    // The broker may have a session that we do not know (MQTT 5.0, 3.2.2-4): begin anew.
    if (lasted < 0 && error.reasonCode === ReasonCode.PROTOCOL_ERROR) this.connect = { ...this.connect, cleanStart: true };
    if (backoff === undefined || reconnect === false) return changed ? AT_ONCE : Infinity;
    if (lasted >= reconnect.stable) backoff.reset();
    if (lasted < 0 && LASTING.includes(error.reasonCode)) backoff.slow();
    return changed ? AT_ONCE : backoff.next();
  }

  /** Takes the other version where nobody asked for one. @returns whether that should be tried at once. */
  #changeVersion(error: MqttError): boolean {
    // Silence is no answer: a server that is busy or away.
    // What has worked is only given up for a clear word: a cut may be a proxy whose broker is away, and a change loses the session.
    const understood = this.#spoken ? error.reasonCode !== ReasonCode.UNSUPPORTED_PROTOCOL_VERSION : !(error.kind === "transport" && error.reasonCode !== ReasonCode.SERVER_UNAVAILABLE) && !NOT_UNDERSTOOD.includes(error.reasonCode);
    if (!this.#configuration.anyVersion || understood) return false;
    const version = this.connect.version === 5 ? 4 : 5;
    this.#refused = version === 4 && error.kind !== "transport";
    this.connect = { ...this.connect, version, cleanStart: this.#configuration.connect.cleanStart };
    return version === 4;
  }
}
