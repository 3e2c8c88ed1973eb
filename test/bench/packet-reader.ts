/** A control packet, as far as the sink looks at it: of a PUBLISH not the payload. */
export interface Packet {
  readonly type: number;
  readonly flags: number;
  /** Packet Identifier, 0 where the packet has none. */
  readonly identifier: number;
  /** What follows the fixed header; of a PUBLISH only Topic Name and Packet Identifier. */
  readonly body: Buffer;
}

const PUBLISH = 3;

/** Cuts a byte stream into packets and throws payloads away, so that 1 MiB costs no memory. */
export class PacketReader {
  readonly #onPacket: (packet: Packet) => void;
  #pending: Buffer = Buffer.alloc(0);
  /** Of the payload of `#publish`, what is still to come. */
  #skip = 0;
  #publish: Packet | undefined;

  constructor(onPacket: (packet: Packet) => void) {
    this.#onPacket = onPacket;
  }

  read(data: Buffer): void {
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    while (this.#skipPayload() && this.#readPacket());
  }

  /** @returns whether the next packet begins where we are. */
  #skipPayload(): boolean {
    const count = Math.min(this.#skip, this.#pending.length);
    this.#pending = this.#pending.subarray(count);
    this.#skip -= count;
    if (this.#skip > 0) return false;
    const packet = this.#publish;
    this.#publish = undefined;
    if (packet !== undefined) this.#onPacket(packet);
    return true;
  }

  /** @returns whether there was enough for a packet. */
  #readPacket(): boolean {
    const bytes = this.#pending;
    let length = 0;
    let position = 1;
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) {
      const next = bytes[position++];
      if (next === undefined) return false;
      byte = next;
      length |= (byte & 0x7f) << shift;
    }
    const [first = 0] = bytes;
    const [type, flags] = [first >> 4, first & 15];
    const body = type === PUBLISH ? this.#headerLength(bytes, position, flags) : length;
    const end = position + body;
    if (bytes.length < end) return false;
    this.#pending = bytes.subarray(end);
    const at = type === PUBLISH ? end - 2 : position;
    const identifier = (type === PUBLISH ? (flags & 6) !== 0 : length >= 2) ? bytes.readUInt16BE(at) : 0;
    const packet = { type, flags, identifier, body: bytes.subarray(position, end) };
    if (type === PUBLISH) {
      this.#publish = packet;
      this.#skip = length - body;
    } else this.#onPacket(packet);
    return true;
  }

  /** Bytes of Topic Name and Packet Identifier; more than there are while the length of the topic is missing. */
  #headerLength(bytes: Buffer, position: number, flags: number): number {
    const topic = bytes.length < position + 2 ? bytes.length : bytes.readUInt16BE(position);
    return 2 + topic + ((flags & 6) === 0 ? 0 : 2);
  }
}
