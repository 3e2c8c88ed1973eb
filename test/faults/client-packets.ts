/** What a client sends, read as strictly as the standard lets a server be. It shares nothing with src. */
import { must, Violation } from "./violation.js";

export const Type = {
  CONNECT: 1, CONNACK: 2, PUBLISH: 3, PUBACK: 4, PUBREC: 5, PUBREL: 6, PUBCOMP: 7, SUBSCRIBE: 8, SUBACK: 9, UNSUBSCRIBE: 10, UNSUBACK: 11,
  PINGREQ: 12, PINGRESP: 13, DISCONNECT: 14,
} as const;

export const typeNames = ["", ...Object.keys(Type)];

/** A packet of the client, as far as a server wants to know it. What a type has not is 0 or empty. */
export interface ClientPacket {
  readonly type: number;
  /** Bytes of the whole packet. */
  readonly size: number;
  readonly identifier: number;
  readonly reasonCode: number;
  readonly qos: number;
  readonly duplicate: boolean;
  /** Empty where an alias stands for it. */
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly properties: ReadonlyMap<number, number>;
  /** CONNECT. */
  readonly version: number;
  readonly cleanStart: boolean;
  readonly keepAlive: number;
  /** SUBSCRIBE and UNSUBSCRIBE: filters and their highest QoS. */
  readonly filters: readonly (readonly [string, number])[];
}

export const Property = {
  SESSION_EXPIRY_INTERVAL: 0x11, SERVER_KEEP_ALIVE: 0x13, RECEIVE_MAXIMUM: 0x21, TOPIC_ALIAS_MAXIMUM: 0x22, TOPIC_ALIAS: 0x23, MAXIMUM_QOS: 0x24,
  MAXIMUM_PACKET_SIZE: 0x27,
} as const;

/** The length in bytes of the properties that the client under test uses: of all others it has no reason to speak. */
const propertyLengths = new Map<number, number>([
  [Property.SESSION_EXPIRY_INTERVAL, 4], [Property.RECEIVE_MAXIMUM, 2], [Property.TOPIC_ALIAS_MAXIMUM, 2], [Property.TOPIC_ALIAS, 2], [Property.MAXIMUM_PACKET_SIZE, 4],
]);

/** Properties that belong to CONNECT; a PUBLISH has only the others. */
const OF_PUBLISH: readonly number[] = [Property.TOPIC_ALIAS];

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const nothing = new Uint8Array(0);
const noProperties: ReadonlyMap<number, number> = new Map();

/** Goes through the body of one packet. */
class Body {
  at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  number(length: number): number {
    let value = 0;
    must(this.left >= length, () => "a packet of the client ends too early");
    while (length-- > 0) value = value * 256 + (this.bytes[this.at++] ?? 0);
    return value;
  }

  slice(length: number): Uint8Array {
    must(this.left >= length, () => "a packet of the client ends too early");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    return decoder.decode(this.slice(this.number(2)));
  }

  properties(type: number): ReadonlyMap<number, number> {
    const length = this.number(1);
    if (length === 0) return noProperties;
    const end = this.at + length;
    const all = new Map<number, number>();
    must(length < 128, () => "more properties than were asked for");
    while (this.at < end) {
      const id = this.number(1);
      const size = propertyLengths.get(id);
      must(size !== undefined && !all.has(id) && OF_PUBLISH.includes(id) === (type === Type.PUBLISH), () => `property ${id} in a packet of type ${type}`);
      all.set(id, this.number(size));
    }
    must(this.at === end, () => "properties end where they should not");
    return all;
  }
}

type Draft = { -readonly [name in keyof ClientPacket]: ClientPacket[name] };

function readConnect(body: Body, packet: Draft): void {
  must(body.text() === "MQTT", () => "the protocol name is MQTT");
  packet.version = body.number(1);
  const flags = body.number(1);
  must((packet.version === 4 || packet.version === 5) && (flags & ~2) === 0, () => `CONNECT of version ${packet.version} with flags ${flags}`);
  packet.cleanStart = flags === 2;
  packet.keepAlive = body.number(2);
  if (packet.version === 5) packet.properties = body.properties(Type.CONNECT);
  packet.topic = body.text();
}

function readPublish(body: Body, packet: Draft, flags: number, version: number): void {
  packet.qos = (flags >> 1) & 3;
  packet.duplicate = (flags & 8) !== 0;
  must(packet.qos < 3 && (flags & 1) === 0 && !(packet.duplicate && packet.qos === 0), () => `PUBLISH with flags ${flags}`);
  packet.topic = body.text();
  if (packet.qos > 0) packet.identifier = body.number(2);
  if (version === 5) packet.properties = body.properties(Type.PUBLISH);
  must(!/[+#\0]/.test(packet.topic) && (packet.topic !== "" || packet.properties.has(Property.TOPIC_ALIAS)), () => `PUBLISH to "${packet.topic}"`);
  packet.payload = body.slice(body.left);
}

/** Reason Codes that an acknowledgement of a client may carry here. */
const ACKNOWLEDGEMENT_CODES = [0x80, 0x83, 0x87, 0x90, 0x91, 0x92, 0x97, 0x99];

function readAcknowledgement(body: Body, packet: Draft, version: number): void {
  const { type } = packet;
  packet.identifier = body.number(2);
  if (version === 5 && body.left > 0) packet.reasonCode = body.number(1);
  if (version === 5 && body.left > 0) must(body.properties(type).size === 0, () => "an acknowledgement without properties");
  const code = packet.reasonCode;
  const legal = type < Type.PUBREL ? code !== 0x92 : code === 0x92;
  must(code === 0 || (legal && ACKNOWLEDGEMENT_CODES.includes(code)), () => `${typeNames[type] ?? ""} with Reason Code ${code}`);
}

function readFilters(body: Body, packet: Draft, version: number): void {
  const filters: [string, number][] = [];
  packet.identifier = body.number(2);
  if (version === 5) must(body.properties(packet.type).size === 0, () => "a subscription without properties");
  must(body.left > 0, () => "a subscription has a filter");
  while (body.left > 0) {
    const filter = body.text();
    const options = packet.type === Type.SUBSCRIBE ? body.number(1) : 0;
    // Without Retain Handling, which may be 1 in MQTT 5.0.
    const qos = version === 5 ? options & ~0x10 : options;
    must(qos < 3, () => `subscription options ${options}`);
    filters.push([filter, qos]);
  }
  packet.filters = filters;
}

/** Reads one packet. @param version of the connection. @throws Violation for what a server must not take. */
export function readPacket(first: number, bytes: Uint8Array, size: number, version: number): ClientPacket {
  const type = first >> 4;
  const flags = first & 15;
  const body = new Body(bytes);
  const packet: Draft = {
    type, size, identifier: 0, reasonCode: 0, qos: 0, duplicate: false, topic: "", payload: nothing, properties: noProperties, version, cleanStart: false, keepAlive: 0, filters: [],
  };
  const prescribed = type === Type.PUBREL || type === Type.SUBSCRIBE || type === Type.UNSUBSCRIBE ? 2 : 0;
  must(type === Type.PUBLISH || flags === prescribed, () => `a packet begins with ${first}`);
  switch (type) {
    case Type.CONNECT: readConnect(body, packet); break;
    case Type.PUBLISH: readPublish(body, packet, flags, version); break;
    case Type.PUBACK: case Type.PUBREC: case Type.PUBREL: case Type.PUBCOMP: readAcknowledgement(body, packet, version); break;
    case Type.SUBSCRIBE: case Type.UNSUBSCRIBE: readFilters(body, packet, version); break;
    case Type.PINGREQ: break;
    case Type.DISCONNECT: if (version === 5 && body.left > 0) packet.reasonCode = body.number(1); break;
    default: throw new Violation(`a client sends no packet of type ${type}`);
  }
  must(body.left === 0, () => `${typeNames[type] ?? ""} has ${body.left} bytes too many`);
  must(packet.identifier > 0 || type === Type.CONNECT || type >= Type.PINGREQ || (type === Type.PUBLISH && packet.qos === 0), () => `${typeNames[type] ?? ""} without a Packet Identifier`);
  return packet;
}

/** Cuts a stream of bytes into packets. */
export class PacketStream {
  private bytes: number[] = [];
  private version = 0;

  /** Whether a packet has begun and not ended. */
  get half(): boolean {
    return this.bytes.length > 0;
  }

  /** Takes bytes. @returns the packets that end in them. */
  take(part: Uint8Array): ClientPacket[] {
    const packets: ClientPacket[] = [];
    this.bytes.push(...part);
    for (let packet = this.next(); packet !== undefined; packet = this.next()) packets.push(packet);
    return packets;
  }

  private next(): ClientPacket | undefined {
    const { bytes } = this;
    let length = 0;
    let at = 1;
    let shift = 0;
    if (bytes.length < 2) return undefined;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      length |= (byte & 127) << shift;
      must(shift === 0 || byte > 0, () => "Remaining Length in its shortest form");
      if (byte < 128) break;
      shift += 7;
    }
    if (bytes.length < at + length) return undefined;
    const whole = Uint8Array.from(bytes.splice(0, at + length));
    const packet = readPacket(whole[0] ?? 0, whole.subarray(at), whole.length, this.version);
    must((packet.type === Type.CONNECT) === (this.version === 0), () => "CONNECT comes first, and once");
    this.version = packet.version;
    return packet;
  }
}
