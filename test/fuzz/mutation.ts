/** Makes valid traffic wrong, in bytes and in the order of packets. */
import type { Random } from "./random.js";
import { SEEDS } from "./seeds.js";
import { framed } from "./server-packets.js";

type Packet = readonly number[];

const EXTREMES = [0x00, 0x01, 0x7f, 0x80, 0xc0, 0xe2, 0xfe, 0xff];

/** Where the fixed header ends. */
function bodyStart(packet: Packet): number {
  let at = 1;
  while (at < 5 && (packet[at] ?? 0) > 127) at++;
  return at + 1;
}

/** Gives a packet the Remaining Length that it has, so that the mutation is met inside and not at its frame. */
function reframed(packet: Packet): number[] {
  return framed(packet[0] ?? 0, packet.slice(bodyStart(packet)));
}

function at(random: Random, packet: Packet): number {
  return random.below(Math.max(1, packet.length));
}

/** What can happen to the bytes of a packet. */
const BYTE_MUTATIONS: readonly ((random: Random, packet: number[]) => void)[] = [
  // A bit is flipped.
  (random, packet) => {
    const i = at(random, packet);
    packet[i] = (packet[i] ?? 0) ^ (1 << random.below(8));
  },
  // A byte is at an extreme.
  (random, packet) => {
    packet[at(random, packet)] = random.pick(EXTREMES);
  },
  // Something that may be a length is off by one.
  (random, packet) => {
    const i = at(random, packet);
    packet[i] = ((packet[i] ?? 0) + (random.oneIn(2) ? 1 : 255)) & 0xff;
  },
  // Bytes are put in.
  (random, packet) => {
    packet.splice(at(random, packet), 0, ...Array.from({ length: 1 + random.below(3) }, () => random.below(256)));
  },
  // Bytes are left out.
  (random, packet) => {
    packet.splice(at(random, packet), 1 + random.below(3));
  },
  // A part comes twice: a property, when it is one.
  (random, packet) => {
    const i = at(random, packet);
    packet.splice(i, 0, ...packet.slice(i, i + 1 + random.below(8)));
  },
  // The end is missing.
  (random, packet) => {
    packet.splice(at(random, packet));
  },
  // The flags that are reserved, or DUP, QoS and RETAIN.
  (random, packet) => {
    packet[0] = ((packet[0] ?? 0) & 0xf0) | random.below(16);
  },
  // Another type of packet.
  (random, packet) => {
    packet[0] = ((packet[0] ?? 0) & 0x0f) | (random.below(16) << 4);
  },
];

/** A Remaining Length that is off by one, extreme, too long a form, or without an end. */
function mislengthened(random: Random, packet: Packet): number[] {
  const start = bodyStart(packet);
  const length = [...packet.slice(1, start)];
  const kind = random.below(5);
  if (kind === 0) length[0] = ((length[0] ?? 0) + (random.oneIn(2) ? 1 : 127)) & 0x7f;
  else if (kind === 1) length.splice(0, length.length, 0xff, 0xff, 0xff, 0x7f);
  else if (kind === 2) length.splice(-1, 1, (length.at(-1) ?? 0) | 0x80, 0);
  else if (kind === 3) length.splice(0, length.length, 0xff, 0xff, 0xff, 0xff);
  else length.splice(0, length.length, random.below(128));
  return [packet[0] ?? 0, ...length, ...packet.slice(start)];
}

/** Makes the bytes of a packet wrong, mostly with its Remaining Length put right. */
export function mutatedPacket(random: Random, packet: Packet): number[] {
  if (random.oneIn(8)) return mislengthened(random, packet);
  const copy = [...packet];
  for (let count = random.oneIn(3) ? 2 : 1; count > 0; count--) random.pick(BYTE_MUTATIONS)(random, copy);
  return random.oneIn(4) ? copy : reframed(copy);
}

/** The head of one packet with the tail of another. */
function spliced(random: Random, one: Packet, other: Packet): number[] {
  return reframed([...one.slice(0, at(random, one)), ...other.slice(at(random, other))]);
}

/** Makes a list of packets wrong in one place. */
export function mutateTraffic(random: Random, packets: number[][]): void {
  const i = random.below(packets.length);
  const packet = packets[i] ?? [];
  const kind = random.below(8);
  if (kind === 0) packets.splice(i, 0, [...packet]);
  else if (kind === 1) packets.splice(i, 1);
  else if (kind === 2) packets.splice(i, 2, packets[i + 1] ?? [], packet);
  else if (kind === 3) packets[i] = spliced(random, packet, random.pick(packets));
  else if (kind === 4) packets.splice(i, 0, [...random.pick(SEEDS)]);
  else packets[i] = mutatedPacket(random, packet);
}
