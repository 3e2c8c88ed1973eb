/** Enhanced authentication (MQTT 5.0, 4.12): beside {@link Connection}, because few need it. */
import { configurationError } from "../error.js";
import { PacketType } from "../codec/packet-type.js";
import type { Properties } from "../codec/property.js";
import { ReasonCode } from "../codec/reason-code.js";
import { ConnectionState, type Connection } from "./connection.js";

/**
 * Sends an AUTH.
 * @param reasonCode 0x18 to answer the server, 0x19 to begin anew once connected.
 * @returns false when there is no room now.
 * @throws MqttError (configuration) when it does not name the Authentication Method of the CONNECT (MQTT 5.0, 4.12.0-5, 4.12.0-7), has another
 * Reason Code (4.12.0-3), or is too long for the server.
 */
export function authenticate(connection: Connection, reasonCode: number, properties: Properties | undefined, now: number): boolean {
  const connect = connection.handler.configuration;
  const method = connect.version === 5 ? connect.properties?.authenticationMethod : undefined;
  if (method === undefined || properties?.authenticationMethod !== method)
    throw configurationError("properties.authenticationMethod", "that of the CONNECT, with MQTT 5.0");
  if (reasonCode !== ReasonCode.CONTINUE_AUTHENTICATION && (reasonCode !== ReasonCode.REAUTHENTICATE || connection.state === ConnectionState.CONNECTING))
    throw configurationError("reasonCode", "0x18, or 0x19 once connected");
  connection.now = now;
  return connection.left === 0 && connection.sendEncoded(connection.encode(PacketType.AUTH, reasonCode, properties));
}
