import { configurationError } from "../error.js";
import type { Connect } from "../codec/connect.js";
import { PropertyId, type Properties } from "../codec/property.js";
import { ReasonCode } from "../codec/reason-code.js";
import type { ReceivedPacket } from "../codec/received-packet.js";

/** DISCONNECT Reason Codes that are a client's to send, a character a code (MQTT 5.0, 3.14.2.1). */
const DISCONNECT_CODES = "\x00\x04\x80\x81\x82\x83\x90\x93\x94\x95\x96\x97\x98\x99";

/** Whether a packet names the Authentication Method of the CONNECT, or none where that had none (MQTT 5.0, 4.12.0-5, 4.12.0-6). */
function hasMethodOf(connect: Connect, packet: ReceivedPacket): boolean {
  return packet.property(PropertyId.authenticationMethod) === connect.properties?.authenticationMethod;
}

/**
 * Holds a CONNACK that accepts against the CONNECT.
 * @param established whether this side has a session.
 * @returns 0, or the Reason Code for what is wrong with it.
 */
export function checkConnack(packet: ReceivedPacket, connect: Connect, established: boolean): number {
  // A session that we asked to be dropped (MQTT 5.0, 3.2.2-2).
  let right = !packet.sessionPresent || !connect.cleanStart;
  if (connect.version === 5)
    right &&=
      // A session that we never had (3.2.2-4), a client that was not told its name (3.2.2-16), an answer to no question (3.1.2-28).
      (!packet.sessionPresent || established) &&
      (connect.clientId !== "" || packet.hasProperty(PropertyId.assignedClientIdentifier)) &&
      (connect.properties?.requestResponseInformation === 1 || !packet.hasProperty(PropertyId.responseInformation)) &&
      hasMethodOf(connect, packet);
  return right ? 0 : ReasonCode.PROTOCOL_ERROR;
}

/**
 * Holds an AUTH against the CONNECT.
 * @param connected whether it comes after CONNACK, where it may also say that re-authentication succeeded.
 * @returns 0, or the Reason Code for what is wrong with it.
 */
export function checkAuth(packet: ReceivedPacket, connect: Connect | undefined, connected: boolean): number {
  const { reasonCode } = packet;
  const expected = reasonCode === ReasonCode.CONTINUE_AUTHENTICATION || (connected && reasonCode === ReasonCode.SUCCESS);
  return expected && connect?.properties?.authenticationMethod !== undefined && hasMethodOf(connect, packet) ? 0 : ReasonCode.PROTOCOL_ERROR;
}

/** Whether a packet explains itself although CONNECT asked it not to: allowed in CONNACK, PUBLISH and DISCONNECT (MQTT 5.0, 3.1.2-29). */
export function isUnwantedProblem(packet: ReceivedPacket, connect: Connect | undefined): boolean {
  return connect?.properties?.requestProblemInformation === 0 && (packet.hasProperty(PropertyId.reasonString) || packet.hasProperty(PropertyId.userProperty));
}

/** Codes and properties of a DISCONNECT that only a client sends (MQTT 5.0, 3.14.2-2). */
export function isClientsDisconnect(packet: ReceivedPacket): boolean {
  return packet.reasonCode === ReasonCode.DISCONNECT_WITH_WILL || packet.hasProperty(PropertyId.sessionExpiryInterval);
}

/** @throws MqttError (configuration) for a DISCONNECT that a client must not send (MQTT 5.0, 3.14.2-1, 3.14.2.2.2). */
export function checkDisconnect(reasonCode: number, sessionExpiryInterval: number, connect: Connect | undefined): void {
  if (!DISCONNECT_CODES.includes(String.fromCharCode(reasonCode)))
    throw configurationError("reasonCode", "one that a client may send in DISCONNECT: 0x00, 0x04, 0x80 to 0x83, 0x90, 0x93 to 0x99");
  if (sessionExpiryInterval > 0 && !connect?.properties?.sessionExpiryInterval)
    throw configurationError("properties.sessionExpiryInterval", "0 in DISCONNECT when it was 0 in CONNECT");
}

/** @throws MqttError (configuration) unless an AUTH names the Authentication Method of the CONNECT (MQTT 5.0, 4.12.0-5, 4.12.0-7). */
export function checkAuthenticating(properties: Properties | undefined, connect: Connect | undefined): void {
  const method = connect?.version === 5 ? connect.properties?.authenticationMethod : undefined;
  if (method === undefined) throw configurationError("properties.authenticationMethod", "given in CONNECT, with MQTT 5.0, before AUTH is sent");
  if (properties?.authenticationMethod !== method) throw configurationError("properties.authenticationMethod", `"${method}" in AUTH, as in CONNECT`);
}

/** The properties of an AUTH without its texts, which give way to the server's Maximum Packet Size (MQTT 5.0, 3.15.2-2, 3.15.2-3). */
export function withoutTexts({ authenticationMethod = "", authenticationData }: Properties = {}): Properties {
  return authenticationData === undefined ? { authenticationMethod } : { authenticationMethod, authenticationData };
}
