/** First bytes of packets without DUP, and of what else belongs to a QoS 2 exchange. */
const CONNECT = 0x10;
const CONNACK = 0x20;
const PUBLISH_QOS_2 = 0x34;
const EXCHANGE: Readonly<Record<number, string>> = { 0x50: "PUBREC", 0x62: "PUBREL", 0x70: "PUBCOMP" };
const DUP = 0x08;

/** A QoS 2 exchange as it was seen on the wire. */
interface Exchange {
  readonly number: string;
  /** A line for each of its packets, and for each connection that began meanwhile. */
  readonly trace: string[];
  released: boolean;
}

/**
 * Watches what mosquitto and the device send each other, for one fault of mosquitto 2.0: a client that is lost before its CONNACK leaves it with
 * a PUBREL to be sent, and at the next connection it sends the PUBLISH of that exchange again, which MQTT forbids (MQTT-4.3.3-6). To the
 * device, which may forget the identifier after the PUBREL, that is a new message.
 */
export class Witness {
  /** By Packet Identifier. */
  private readonly exchanges = new Map<number, Exchange>();
  private readonly breaches = new Map<string, Exchange>();
  /** Connections that began, seen from either side. */
  private readonly connections = { mosquitto: 0, device: 0 };

  /** A connection begins. @returns what takes the bytes of one side of it. */
  connection(side: "mosquitto" | "device"): (piece: Buffer) => void {
    const connection = ++this.connections[side];
    let rest: Buffer = Buffer.alloc(0);
    return (piece) => {
      rest = Buffer.concat([rest, piece]);
      for (let end = packetEnd(rest); end !== undefined; end = packetEnd(rest)) {
        this.packet(rest.subarray(0, end), `connection ${connection}: ${side} sends`);
        rest = rest.subarray(end);
      }
    };
  }

  private packet(packet: Buffer, who: string): void {
    const first = packet[0] ?? 0;
    const body = packet.subarray(bodyStart(packet));
    const name = EXCHANGE[first];
    if (first === CONNECT || first === CONNACK) {
      for (const { trace } of this.exchanges.values()) trace.push(`${who} ${first === CONNECT ? "CONNECT" : `CONNACK ${hex(packet)}`}`);
    } else if (name !== undefined) {
      const exchange = this.exchanges.get(body.readUInt16BE(0));
      exchange?.trace.push(`${who} ${name} ${hex(packet)}`);
      if (name === "PUBREL" && exchange !== undefined) exchange.released = true;
    } else if ((first & ~DUP) === PUBLISH_QOS_2) this.published(packet, body, who);
  }

  private published(packet: Buffer, body: Buffer, who: string): void {
    const at = 2 + body.readUInt16BE(0);
    const identifier = body.readUInt16BE(at);
    const number = body.toString("latin1", at + 3 + body.readUInt8(at + 2));
    let exchange = this.exchanges.get(identifier);
    if (exchange?.number !== number) this.exchanges.set(identifier, (exchange = { number, trace: [], released: false }));
    exchange.trace.push(`${who} PUBLISH ${hex(packet)}`);
    if (exchange.released) this.breaches.set(number, exchange);
  }

  /** What was seen of a message that mosquitto has sent again after its PUBREL; asked for once a repeat. */
  takeBreach(number: string): readonly string[] | undefined {
    const exchange = this.breaches.get(number);
    this.breaches.delete(number);
    return exchange?.trace;
  }
}

function hex(bytes: Buffer): string {
  return bytes.toString("hex").toUpperCase().replace(/..(?=.)/g, "$& ");
}

/** Where the fixed header ends. */
function bodyStart(bytes: Buffer): number {
  let position = 1;
  while ((bytes[position] ?? 0) & 0x80) position++;
  return position + 1;
}

/** Where the first packet ends; undefined while it is not complete. */
function packetEnd(bytes: Buffer): number | undefined {
  const start = bodyStart(bytes);
  if (bytes.length < start) return undefined;
  let length = 0;
  for (let i = start - 1; i > 0; i--) length = length * 128 + ((bytes[i] ?? 0) & 0x7f);
  return bytes.length < start + length ? undefined : start + length;
}
