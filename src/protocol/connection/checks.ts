import { configurationError } from "../error.js";
import type { Connect } from "../codec/connect.js";
import { PacketType } from "../codec/packet-type.js";
import { PropertyId, type DisconnectProperties, type Properties } from "../codec/property.js";
import { checkReasonCode, ReasonCode } from "../codec/reason-code.js";
import type { ReceivedPacket } from "../codec/received-packet.js";

/** Whether a CONNACK that accepts goes with the CONNECT. @param established whether this side has a session. */
export function isRightConnack(sessionPresent: boolean, announced: Properties, connect: Connect, established: boolean | undefined): boolean {
  const asked = connect.properties;
  // A session that we asked to be dropped (MQTT 5.0, 3.2.2-2).
  if (sessionPresent && connect.cleanStart) return false;
  return (
    connect.version === 4 ||
    // A session that we never had (3.2.2-4), a client that was not told its name (3.2.2-16), an answer to no question (3.1.2-28), another
    // Authentication Method (4.12.0-5, 4.12.0-6).
    ((!sessionPresent || established === true) &&
      (connect.clientId !== "" || announced.assignedClientIdentifier !== undefined) &&
      (asked?.requestResponseInformation === 1 || announced.responseInformation === undefined) &&
      announced.authenticationMethod === asked?.authenticationMethod)
  );
}

/** Whether an AUTH goes with the CONNECT. @param connected whether it comes after CONNACK, where it may also say that re-authentication succeeded. */
export function isExpectedAuth(packet: ReceivedPacket, connect: Connect, connected: boolean): boolean {
  const method = connect.properties?.authenticationMethod;
  const code = packet.reasonCode;
  return (
    (code === ReasonCode.CONTINUE_AUTHENTICATION || (connected && code === ReasonCode.SUCCESS)) &&
    method !== undefined && packet.property(PropertyId.authenticationMethod) === method
  );
}

/** Whether a packet explains itself although CONNECT asked it not to: allowed in CONNACK, PUBLISH and DISCONNECT (MQTT 5.0, 3.1.2-29). */
export function isUnwantedProblem(packet: ReceivedPacket, connect: Connect): boolean {
  const type = packet.first >> 4;
  if (connect.properties?.requestProblemInformation !== 0 || type === PacketType.CONNACK || type === PacketType.DISCONNECT) return false;
  return packet.property(PropertyId.reasonString) !== undefined || packet.property(PropertyId.userProperty) !== undefined;
}

/** Codes and properties of a DISCONNECT that only a client sends (MQTT 5.0, 3.14.2-2). */
export function isClientsDisconnect(packet: ReceivedPacket): boolean {
  return packet.reasonCode === ReasonCode.DISCONNECT_WITH_WILL || packet.property(PropertyId.sessionExpiryInterval) !== undefined;
}

/** @throws MqttError (configuration) for a DISCONNECT that a client must not send (MQTT 5.0, 3.14.2-1, 3.14.2.2.2). */
export function checkDisconnect(reasonCode: number, properties: DisconnectProperties | undefined, connect: Connect): void {
  checkReasonCode(PacketType.DISCONNECT, reasonCode);
  if (properties?.sessionExpiryInterval && !connect.properties?.sessionExpiryInterval)
    throw configurationError("properties.sessionExpiryInterval", "0 in DISCONNECT when it was 0 in CONNECT");
}
