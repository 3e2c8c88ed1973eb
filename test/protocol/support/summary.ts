import { packetName, PacketType } from "../../../src/protocol/codec/packet-type.js";
import type { Properties } from "../../../src/protocol/codec/property.js";
import type { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { hex } from "./bytes.js";

/** Properties as text, binary in hexadecimal. */
export function propertiesText(properties: Properties): string {
  return JSON.stringify(properties, (_, value: unknown) => (value instanceof Uint8Array ? hex(value) : value));
}

/** What a packet says, but for a payload, on one line. */
export function summary(packet: ReceivedPacket): string {
  const name = packetName(packet.type);
  if (packet.fault !== 0) return `${name} fault ${packet.fault}`;
  const head = `${name} ${packet.identifier} ${propertiesText(packet.properties)}`;
  if (packet.type !== PacketType.PUBLISH) return `${head} ${packet.reasonCode}`;
  return `${head} ${packet.topic} ${packet.qos}${packet.retain ? " retain" : ""}${packet.duplicate ? " duplicate" : ""} ${packet.byteLength}`;
}
