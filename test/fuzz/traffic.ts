/** What a server sends to one client in one case: valid traffic, made wrong now and then. */
import { mutatedPacket, mutateTraffic } from "./mutation.js";
import type { Random } from "./random.js";
import { SEEDS } from "./seeds.js";
import { ServerPackets } from "./server-packets.js";

function joined(packets: readonly number[][]): Uint8Array {
  const bytes = new Uint8Array(packets.reduce((length, packet) => length + packet.length, 0));
  let position = 0;
  for (const packet of packets) {
    bytes.set(packet, position);
    position += packet.length;
  }
  return bytes;
}

/** One to three packets, each with what may be wrong with it. */
export function loosePackets(random: Random, version: 4 | 5): Uint8Array {
  const packets = new ServerPackets(random, version, random.pick([0, 0, 4, 12]));
  const list = Array.from({ length: random.oneIn(4) ? 1 + random.below(3) : 1 }, () => {
    const packet = random.oneIn(6) ? random.pick(SEEDS) : random.oneIn(10) ? packets.connack() : packets.any();
    return random.oneIn(2) ? mutatedPacket(random, packet) : [...packet];
  });
  return joined(list);
}

/** A connection from its CONNACK on; most are right but for one thing, many wholly. */
export function connectionTraffic(random: Random, version: 4 | 5): Uint8Array {
  const packets = new ServerPackets(random, version, random.pick([0, 0, 0, 40, 10]));
  const list = [packets.connack()];
  for (let count = random.below(9); count > 0; count--) list.push(packets.any());
  if (random.oneIn(2)) mutateTraffic(random, list);
  return joined(list);
}
