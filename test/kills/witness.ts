/** First bytes of a QoS 2 PUBLISH without its DUP flag, and of a PUBREL. */
const PUBLISH_QOS_2 = 0x34;
const PUBREL = 0x62;
const DUP = 0x08;

/**
 * Watches what mosquitto sends the device, for one fault of its own: a client that is lost before its CONNACK leaves mosquitto 2.0 with a
 * PUBREL to be sent, and at the next connection it sends the PUBLISH of that exchange again, which MQTT forbids (MQTT-4.3.3-6). To the
 * device, which may forget the identifier after the PUBREL, that is a new message.
 */
export class Witness {
  /** QoS 2 payloads by Packet Identifier. */
  private readonly sent = new Map<number, string>();
  private readonly released = new Set<string>();
  private readonly breached = new Set<string>();

  /** @returns what takes the bytes of one connection. */
  connection(): (piece: Buffer) => void {
    let rest: Buffer = Buffer.alloc(0);
    return (piece) => {
      rest = Buffer.concat([rest, piece]);
      for (let end = packetEnd(rest); end !== undefined; end = packetEnd(rest)) {
        this.packet(rest[0] ?? 0, rest.subarray(bodyStart(rest), end));
        rest = rest.subarray(end);
      }
    };
  }

  private packet(first: number, body: Buffer): void {
    if (first === PUBREL) this.released.add(this.sent.get(body.readUInt16BE(0)) ?? "");
    if ((first & ~DUP) !== PUBLISH_QOS_2) return;
    const at = 2 + body.readUInt16BE(0);
    const number = body.toString("latin1", at + 3 + body.readUInt8(at + 2));
    if (this.released.has(number)) this.breached.add(number);
    this.sent.set(body.readUInt16BE(at), number);
  }

  /** Whether mosquitto has sent a message again after its PUBREL; asked for once a repeat. */
  takeBreach(number: string): boolean {
    return this.breached.delete(number);
  }
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
