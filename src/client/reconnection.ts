/** When to come back after a connection, and with what CONNECT. What was learnt of the broker stands in the configuration. */
import type { MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { Configuration } from "./common-options.js";

/**
 * Refusals that last until somebody mends something: Client Identifier not valid, Bad User Name or Password, Not authorized, Packet too
 * large, Bad authentication method, Retain not supported, QoS not supported, Server moved; a character a code. Trying every second helps
 * nobody.
 */
const LASTING = "\x85\x86\x87\x8c\x95\x9a\x9b\x9d";

/**
 * What a server that does not know MQTT 5.0 may make of its CONNECT (MQTT 5.0, 3.1.2.2): Malformed Packet, Protocol Error, Unsupported
 * Protocol Version.
 */
const NOT_UNDERSTOOD = "\x81\x82\x84";

/** In place of a delay: the same attempt goes on in MQTT 3.1.1. */
export const AT_ONCE = -1;

/** There is a session to come back to now, under the name the server may have given to a client without one; in MQTT 3.1.1 clean means clean each time. */
export function keepSession(configuration: Configuration, assigned: string | undefined): void {
  const old = configuration.version === 4;
  if (assigned !== undefined && configuration.clientId === "") configuration.clientId = assigned;
  // The usual takes no memory.
  if (old && configuration.clean) configuration.cleanStart = true;
  else delete configuration.cleanStart;
  if (!old || configuration.refused) delete configuration.unproven;
  else configuration.unproven = true;
}

/**
 * Exponential backoff with full jitter: delays are drawn evenly from 0 to a ceiling that doubles from `minimum` to `maximum`, so that many
 * nodes do not come back in step.
 *
 * @param lasted how long the connection stood in milliseconds, -1 for not at all.
 * @param greeted whether CONNECT was sent.
 * @param established whether there is a session to come back to.
 * @returns milliseconds until the next attempt, Infinity for never, {@link AT_ONCE} to ask again in the other version.
 */
export function delayAfter(configuration: Configuration, error: MqttError, lasted: number, greeted: boolean, established: boolean | undefined): number {
  const reconnect = configuration.reconnect;
  const code = error.reasonCode;
  const stood = lasted >= 0;
  if (!greeted && error.kind === "configuration") {
    // What cannot even be encoded will not get better.
    if (configuration.version === 5 || configuration.versionGiven) return Infinity;
    // Unless only the other version cannot carry it, which one forged refusal was enough to ask for.
    configuration.version = 5;
  }
  // A CONNECT that was short enough before: without the name that the server gave it is again.
  if (!greeted && error.kind === "resource") {
    configuration.clientId = configuration.id;
    configuration.cleanStart = configuration.clean;
  }
  if (stood && configuration.unproven && !configuration.versionGiven) configuration.version = 5;
  const changed = !stood && greeted && changeVersion(configuration, error);
  // What does not fit the receive buffer would come again and again with its session.
  // The broker may have a session that we do not know (MQTT 5.0, 3.2.2-4): begin anew. One that we know is kept.
  if (stood ? code === ReasonCode.PACKET_TOO_LARGE : code === ReasonCode.PROTOCOL_ERROR && !established) configuration.cleanStart = true;
  if (changed) return AT_ONCE;
  if (reconnect === false) return Infinity;
  let ceiling = (lasted < reconnect.stable ? configuration.ceiling : undefined) ?? reconnect.minimum;
  if (!stood && isOneOf(LASTING, code)) ceiling = reconnect.maximum;
  configuration.ceiling = Math.min(Math.max(ceiling, 1) * 2, reconnect.maximum);
  return Math.floor(Math.random() * (ceiling + 1));
}

function isOneOf(codes: string, code: number): boolean {
  return codes.includes(String.fromCharCode(code));
}

/** Takes the other version where nobody asked for one. @returns whether that should be tried at once. */
function changeVersion(configuration: Configuration, error: MqttError): boolean {
  const code = error.reasonCode;
  const cut = error.kind === "transport";
  // Silence is no answer: a server that is busy or away.
  // What has worked is only given up for a clear word: a cut may be a proxy whose broker is away, and a change loses the session.
  const wrong = configuration.unproven
    ? isOneOf(NOT_UNDERSTOOD, code) || (cut && code !== ReasonCode.SERVER_UNAVAILABLE)
    : code === ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
  if (!wrong || configuration.versionGiven) return false;
  const version = configuration.version === 5 ? 4 : 5;
  configuration.version = version;
  configuration.refused = version === 4 && !cut;
  configuration.cleanStart = configuration.clean;
  return version === 4;
}
