import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { PacketReader, type Packet } from "./packet-reader.js";

const connect = [0x10, 4, 1, 2, 3, 4];
const publish1 = [0x32, 10, 0, 3, 97, 47, 98, 0x12, 0x34, 1, 2, 3];
const publish0 = [0x30, 0x88, 0x00, 0, 3, 97, 47, 98, 1, 2, 3];
const puback = [0x40, 2, 0x12, 0x34];
const stream = Buffer.from([connect, publish1, publish0, puback].flat());

function read(pieces: readonly Buffer[]): string[] {
  const packets: string[] = [];
  const reader = new PacketReader(({ type, flags, identifier, body }: Packet) => packets.push(`${type}.${flags} ${identifier} ${body.toString("hex")}`));
  for (const piece of pieces) reader.read(piece);
  return packets;
}

test("packets are found wherever the stream is cut, and payloads are skipped", () => {
  const expected = ["1.0 258 01020304", "3.2 4660 0003612f621234", "3.0 0 0003612f62", "4.0 4660 1234"];
  deepEqual(read([stream]), expected);
  deepEqual(read([...stream].map((byte) => Buffer.of(byte))), expected);
});
