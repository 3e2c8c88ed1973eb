import { equal, ok } from "node:assert/strict";
import { PacketType } from "../../../src/protocol/codec/packet-type.js";
import type { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { Receiver } from "../../../src/protocol/connection/receiver.js";
import { hex } from "./bytes.js";
import { summary } from "./summary.js";

/** A receiver with a buffer of its own, and what came out of it. */
export class Reception {
  readonly receiver: Receiver;
  readonly buffer: Uint8Array;
  /** A line for each packet, a PUBLISH once its payload is complete, and that behind it. */
  readonly packets: string[] = [];
  /** The lengths of the pieces of each payload. */
  readonly pieces: number[][] = [];
  #payload: number[] = [];
  #head = "";

  /** @param buffer the receive buffer or its length. */
  constructor(buffer: number | Uint8Array, version: 4 | 5 = 5) {
    this.buffer = typeof buffer === "number" ? new Uint8Array(buffer) : buffer;
    this.receiver = new Receiver(this.buffer);
    this.receiver.version = version;
  }

  /** Gives bytes as a socket does, as many at once as there is space for. @returns false from the first fault on. */
  feed(data: Uint8Array): boolean {
    const { receiver } = this;
    for (let offset = 0; offset < data.length; ) {
      const space = receiver.space(data.length - offset);
      ok(space.length > 0 && space.length <= data.length - offset, "space is never empty and never more than was asked for");
      equal(space.buffer, this.buffer.buffer);
      space.set(data.subarray(offset, offset + space.length));
      offset += space.length;
      receiver.filled += space.length;
      while (receiver.next()) {
        if (receiver.type === PacketType.PUBLISH && receiver.fault === 0) receiver.checkTopic();
        this.#take(receiver);
        if (receiver.fault !== 0) return false;
      }
    }
    return true;
  }

  #take(packet: ReceivedPacket): void {
    if (packet.type !== PacketType.PUBLISH || packet.fault !== 0) {
      equal(this.#payload.length, 0, "a payload is completed before the next packet");
      this.packets.push(summary(packet));
      return;
    }
    equal(packet.offset, this.#payload.length, "pieces follow each other");
    if (packet.offset === 0) {
      this.#head = summary(packet);
      this.pieces.push([]);
    } else equal(summary(packet), this.#head, "topic and properties stay readable at each piece");
    const piece = packet.payload;
    this.pieces.at(-1)?.push(piece.length);
    this.#payload.push(...piece);
    equal(packet.more, this.#payload.length < packet.byteLength);
    if (packet.more) return;
    this.packets.push(`${this.#head}: ${hex(Uint8Array.from(this.#payload))}`);
    this.#payload = [];
  }
}

/** A receiver of MQTT 5.0 that has got these bytes, and has taken up the first packet. */
export function holding(bufferLength: number, data: Uint8Array): Receiver {
  const { receiver } = new Reception(bufferLength);
  const space = receiver.space(data.length);
  space.set(data.subarray(0, space.length));
  receiver.filled += space.length;
  ok(receiver.next());
  return receiver;
}

/** Cuts data into chunks of these lengths, the last of which repeats. */
export function chunks(data: Uint8Array, ...lengths: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let offset = 0, i = 0; offset < data.length; i++) {
    const length = Math.max(1, lengths[i] ?? lengths.at(-1) ?? data.length);
    parts.push(data.subarray(offset, offset + length));
    offset += length;
  }
  return parts;
}
