/** Enhanced authentication (MQTT 5.0, 4.12): beside {@link Connection}, because few need it. */
import { configurationError } from "../error.js";
import { PacketType } from "../codec/packet-type.js";
import type { Properties } from "../codec/property.js";
import type { Connection } from "./connection.js";

/**
 * Sends an AUTH.
 * @returns false when there is no room now.
 * @throws MqttError (configuration) when it does not name the Authentication Method of the CONNECT (MQTT 5.0, 4.12.0-5, 4.12.0-7), or is too
 * long for the server.
 */
export function authenticate(connection: Connection, reasonCode: number, properties: Properties | undefined, now: number): boolean {
  const connect = connection.connect;
  const method = connect?.version === 5 ? connect.properties?.authenticationMethod : undefined;
  if (method === undefined || properties?.authenticationMethod !== method)
    throw configurationError("properties.authenticationMethod", "that of the CONNECT, with MQTT 5.0");
  connection.now = now;
  return connection.left === 0 && connection.sendEncoded(connection.encode(PacketType.AUTH, reasonCode, properties));
}
