/** What the decoder and the receiver over it make of a stream of packets, whatever they are. */
import { decodeFromServer } from "../../src/protocol/codec/decode.js";
import { PacketType } from "../../src/protocol/codec/packet-type.js";
import { ReceivedPacket } from "../../src/protocol/codec/received-packet.js";
import { Receiver } from "../../src/protocol/connection/receiver.js";
import { DEFECTS } from "./defects.js";
import { checksum, digest } from "./digest.js";
import { frameAt, type Frame } from "./frame.js";
import { judge, names } from "./judge.js";
import type { Differential } from "./peer-differential.js";
import type { Random } from "./random.js";

/** Bytes around the packet that must not matter. */
const MARGIN = 8;

/** Decodes one packet between other bytes, and reads all of it. */
function decodeBetween(bytes: Uint8Array, { begin, body, end }: Frame, version: 4 | 5, around: number): ReceivedPacket {
  const buffer = new Uint8Array(end - begin + 2 * MARGIN).fill(around);
  buffer.set(bytes.subarray(begin, end), MARGIN);
  const packet = new ReceivedPacket(buffer);
  packet.version = version;
  packet.byteLength = end - body;
  packet.open(bytes[begin] ?? 0, MARGIN + body - begin, MARGIN + end - begin);
  decodeFromServer(packet);
  if (packet.type === PacketType.PUBLISH && packet.fault === 0) packet.checkTopic();
  return packet;
}

function checkPacket(bytes: Uint8Array, frame: Frame, version: 4 | 5, compare: Differential | undefined): string | undefined {
  const packet = decodeBetween(bytes, frame, version, 0x00);
  const again = decodeBetween(bytes, frame, version, 0xff);
  const judged = judge(bytes, frame, version);
  const { defects } = judged;
  const fault = packet.fault;
  if (fault !== again.fault || (fault === 0 && digest(packet) !== digest(again))) return "reads outside of the packet";
  if (defects.length === 0 && fault !== 0) return `refuses a good packet with ${fault}`;
  if (defects.length > 0 && fault === 0) return `takes a packet with ${defects.join(", ")}`;
  if (fault !== 0 && !names(defects, fault)) return `calls ${defects.join(", ")} ${fault}, not ${defects.map((defect) => DEFECTS[defect].codes.join(" or ")).join(" or ")}`;
  if (fault === 0 && packet.identifier !== judged.identifier) return `reads identifier ${packet.identifier}, not ${judged.identifier}`;
  if (fault === 0 && packet.type === PacketType.PUBLISH && packet.start - MARGIN !== judged.payload - frame.begin) return "finds the payload elsewhere";
  return compare?.(bytes.subarray(frame.begin, frame.end), version, judged);
}

/**
 * Feeds a receiver in chunks.
 * @returns what came out of it: each packet, with a checksum of the payload pieces put together; undefined when it does not go on or come to an end.
 */
function receivedIn(bytes: Uint8Array, version: 4 | 5, size: number, poison: number, chunk: () => number): string[] | undefined {
  const packets: string[] = [];
  const receiver = new Receiver(new Uint8Array(size).fill(poison));
  receiver.version = version;
  let sum: number | undefined;
  for (let start = 0; start < bytes.length; ) {
    const space = receiver.space(Math.min(chunk(), bytes.length - start));
    if (space.length === 0) return undefined;
    space.set(bytes.subarray(start, start + space.length));
    start += space.length;
    receiver.filled += space.length;
    for (let turns = 0; receiver.next(); turns++) {
      if (turns > 2 * size) return undefined;
      if (receiver.type === PacketType.PUBLISH && receiver.fault === 0) receiver.checkTopic();
      if (receiver.fault !== 0) return [...packets, digest(receiver)];
      if (receiver.type === PacketType.PUBLISH) sum = checksum(receiver.bytes, receiver.start, receiver.end, sum);
      if (receiver.more) continue;
      packets.push(`${digest(receiver)} ${sum ?? 0}`);
      sum = undefined;
    }
  }
  return packets;
}

/** Checks a stream of packets. @returns what was violated. */
export function checkDecoder(bytes: Uint8Array, version: 4 | 5, random: Random, compare: Differential | undefined): string | undefined {
  let count = 0;
  let good = true;
  for (let frame = frameAt(bytes, 0); good && frame !== undefined && frame !== "wrong" && frame.end <= bytes.length; frame = frameAt(bytes, frame.end)) {
    const wrong = checkPacket(bytes, frame, version, compare);
    if (wrong !== undefined) return wrong;
    count++;
    good = judge(bytes, frame, version).defects.length === 0;
  }
  const size = random.pick([64, 100, 512]);
  const whole = receivedIn(bytes, version, size, 0x00, () => Math.max(1, bytes.length));
  const split = receivedIn(bytes, version, size, 0xff, () => 1 + random.below(9));
  if (whole === undefined || split === undefined) return "the receiver does not go on";
  if (whole.join("\n") !== split.join("\n")) return `what is received depends on the chunks: ${whole.join("; ")}, or ${split.join("; ")}`;
  // A larger buffer takes all that is there.
  return size === 512 && bytes.length <= size && whole.length < count ? `only ${whole.length} of ${count} packets were received` : undefined;
}
