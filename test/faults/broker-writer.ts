/** The packets of a broker, as bytes. */
import { Property, Type } from "./client-packets.js";

const encoder = new TextEncoder();

/** Bytes of a property's value. */
const lengths = new Map<number, number>([
  [Property.SESSION_EXPIRY_INTERVAL, 4], [Property.SERVER_KEEP_ALIVE, 2], [Property.RECEIVE_MAXIMUM, 2], [Property.TOPIC_ALIAS_MAXIMUM, 2], [Property.MAXIMUM_QOS, 1], [Property.MAXIMUM_PACKET_SIZE, 4],
]);

function big(value: number, length: number): number[] {
  const bytes: number[] = [];
  for (let i = length; i-- > 0; ) bytes.push(Math.floor(value / 256 ** i) % 256);
  return bytes;
}

/** Puts the fixed header in front. */
function packet(first: number, body: readonly number[]): number[] {
  const { length } = body;
  return length < 128 ? [first, length, ...body] : [first, (length & 127) | 128, length >> 7, ...body];
}

export function connack(version: number, present: boolean, reasonCode: number, properties: ReadonlyMap<number, number>): number[] {
  const head = [present ? 1 : 0, reasonCode];
  if (version === 4) return packet(0x20, head);
  const body = [...properties].flatMap(([id, value]) => [id, ...big(value, lengths.get(id) ?? 0)]);
  return packet(0x20, [...head, body.length, ...body]);
}

export function publish(version: number, topic: string, qos: number, duplicate: boolean, identifier: number, payload: Uint8Array): number[] {
  const name = encoder.encode(topic);
  return packet((Type.PUBLISH << 4) | (duplicate ? 8 : 0) | (qos << 1), [...big(name.length, 2), ...name, ...(qos > 0 ? big(identifier, 2) : []), ...(version === 5 ? [0] : []), ...payload]);
}

export function acknowledgement(type: number, version: number, identifier: number, reasonCode: number): number[] {
  return packet((type << 4) | (type === Type.PUBREL ? 2 : 0), [...big(identifier, 2), ...(reasonCode > 0 && version === 5 ? [reasonCode] : [])]);
}

/** SUBACK and UNSUBACK. */
export function answer(type: number, version: number, identifier: number, codes: readonly number[]): number[] {
  return packet(type << 4, [...big(identifier, 2), ...(version === 5 ? [0] : []), ...(type === Type.SUBACK || version === 5 ? codes : [])]);
}

export function pingresp(): number[] {
  return [Type.PINGRESP << 4, 0];
}

export function disconnect(reasonCode: number): number[] {
  return packet(Type.DISCONNECT << 4, [reasonCode]);
}
