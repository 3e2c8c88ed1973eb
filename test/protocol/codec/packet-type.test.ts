import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { fixedFlags, packetName, PacketType } from "../../../src/protocol/codec/packet-type.js";

test("the fifteen packet types have the standard's numbers and names (MQTT 5.0, 2.1.2)", () => {
  const types = Object.entries(PacketType);
  deepEqual(types.map(([, type]) => type), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  for (const [name, type] of types) equal(packetName(type), name);
  equal(packetName(0), "Will");
  equal(packetName(16), "?");
});

test("PUBREL, SUBSCRIBE and UNSUBSCRIBE have the flags 0010 (MQTT 5.0, 2.1.3)", () => {
  deepEqual(Object.values(PacketType).filter((type) => fixedFlags(type) === 2), [PacketType.PUBREL, PacketType.SUBSCRIBE, PacketType.UNSUBSCRIBE]);
  deepEqual(Object.values(PacketType).filter((type) => fixedFlags(type) === 0).length, 12);
});
