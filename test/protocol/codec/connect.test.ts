import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { decodeConnect, encodeConnect, type Connect } from "../../../src/protocol/codec/connect.js";
import { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { ascii, bytes, hex } from "../support/bytes.js";
import { acceptedCuts, acceptedFlags, fault } from "../support/decoding.js";
import { encoded, needsExactly, refused } from "../support/encoding.js";

const PLAIN: Connect = { version: 5, cleanStart: true, keepAlive: 60, clientId: "c" };

const FULL: Connect = {
  version: 5,
  cleanStart: false,
  keepAlive: 0x1234,
  clientId: "id",
  will: { topic: "w/t", payload: Uint8Array.of(1, 0), qos: 2, retain: true, properties: { willDelayInterval: 5 } },
  user: "me",
  password: Uint8Array.of(0xff),
  properties: { receiveMaximum: 10, sessionExpiryInterval: 3600 },
};

const FULL_5 = bytes(
  "10 2D", // CONNECT, Remaining Length 45
  "00 04 'MQTT' 05", // Protocol Name and Version
  "F4", // user name, password, Will Retain, Will QoS 2, Will Flag
  "12 34", // Keep Alive
  "08 21 00 0A 11 00 00 0E 10", // Receive Maximum 10, Session Expiry Interval 3600
  "00 02 'id'", // Client Identifier
  "05 18 00 00 00 05", // Will Delay Interval 5
  "00 03 'w/t'", // Will Topic
  "00 02 01 00", // Will Payload
  "00 02 'me'", // User Name
  "00 01 FF", // Password
);

const FULL_4 = bytes("10 1E", "00 04 'MQTT' 04", "F4", "12 34", "00 02 'id'", "00 03 'w/t'", "00 02 01 00", "00 02 'me'", "00 01 FF");

const encode = (connect: Connect): Uint8Array => encoded((writer) => encodeConnect(writer, connect));

/** Decodes a CONNECT that must be right. */
function decode(packet: Uint8Array): Connect {
  const received = new ReceivedPacket(packet);
  received.open(packet[0] ?? 0, 2, packet.length);
  const connect = decodeConnect(received);
  equal(received.fault, 0);
  return connect;
}

const faultOf = (...lines: readonly string[]): number => fault(bytes(...lines), 5, decodeConnect);

test("the shortest CONNECT", () => {
  equal(hex(encode(PLAIN)), hex(bytes("10 0E", "00 04 'MQTT' 05", "02", "00 3C", "00", "00 01 'c'")));
  equal(hex(encode({ ...PLAIN, version: 4 })), hex(bytes("10 0D", "00 04 'MQTT' 04", "02", "00 3C", "00 01 'c'")));
});

test("all fields, in the order of the standard (MQTT-3.1.2-1, MQTT-3.1.3-1)", () => {
  equal(hex(encode(FULL)), hex(FULL_5));
  equal(hex(encode({ ...FULL, version: 4 })), hex(FULL_4));
});

test("properties are left out in MQTT 3.1.1", () => {
  const { properties } = decode(FULL_4);
  equal(properties, undefined);
});

test("all fields are decoded", () => {
  deepEqual(decode(FULL_5), FULL);
  const will = { topic: "w/t", payload: Uint8Array.of(1, 0), qos: 2, retain: true, properties: undefined };
  deepEqual(decode(FULL_4), { ...FULL, version: 4, will, properties: undefined });
});

test("an empty Client Identifier is two zero bytes (MQTT-3.1.3-3)", () => {
  equal(hex(encode({ ...PLAIN, clientId: "" })), hex(bytes("10 0D", "00 04 'MQTT' 05", "02", "00 3C", "00", "00 00")));
  equal(hex(encode({ ...PLAIN, clientId: "", cleanStart: false })), hex(bytes("10 0D", "00 04 'MQTT' 05", "00", "00 3C", "00", "00 00")));
  equal(hex(encode({ ...PLAIN, clientId: "", version: 4 })), hex(bytes("10 0C", "00 04 'MQTT' 04", "02", "00 3C", "00 00")));
});

test("MQTT 3.1.1 keeps no session for an unnamed client", () => {
  refused(() => encode({ ...PLAIN, version: 4, clientId: "", cleanStart: false }), /^id must be given when clean is false/);
});

test("user name and password are there when their flags are (MQTT-3.1.2-16 to MQTT-3.1.2-19)", () => {
  const credentials: readonly (readonly [Partial<Connect>, flags: string, payload: string])[] = [
    [{}, "02", ""],
    [{ user: "" }, "82", "00 00"],
    [{ user: "u" }, "82", "00 01 'u'"],
    [{ password: new Uint8Array(0) }, "42", "00 00"],
    [{ password: Uint8Array.of(7) }, "42", "00 01 07"],
    [{ user: "u", password: Uint8Array.of(7) }, "C2", "00 01 'u' 00 01 07"],
  ];
  for (const [fields, flags, payload] of credentials) {
    const packet = encode({ ...PLAIN, ...fields });
    equal(hex(packet.subarray(9, 10)), flags);
    equal(hex(packet.subarray(16)), hex(bytes(payload)));
    deepEqual(decode(packet), { user: undefined, password: undefined, will: undefined, properties: {}, ...PLAIN, ...fields });
  }
});

test("MQTT 3.1.1 has no password without a user name", () => {
  refused(() => encode({ ...PLAIN, version: 4, password: Uint8Array.of(7) }), /^password must be accompanied by user in MQTT 3\.1\.1/);
});

test("Connect Flags of all wills; the reserved bit stays 0 (MQTT-3.1.2-3, MQTT-3.1.2-9, MQTT-3.1.2-11 to MQTT-3.1.2-13)", () => {
  for (const version of [4, 5] as const)
    for (const cleanStart of [false, true])
      for (const qos of [undefined, 0, 1, 2] as const)
        for (const retain of [false, true]) {
          const will = qos === undefined ? undefined : { topic: "t", payload: new Uint8Array(0), qos, retain };
          const packet = encode({ ...PLAIN, version, cleanStart, will });
          equal(packet[9], (cleanStart ? 2 : 0) | (qos === undefined ? 0 : 4 | (qos << 3) | (retain ? 0x20 : 0)));
          const { will: decoded } = decode(packet);
          deepEqual([decoded?.qos, decoded?.retain, decoded?.payload.length], qos === undefined ? [undefined, undefined, undefined] : [qos, retain, 0]);
        }
});

test("wrong fields are refused by name", () => {
  const wrong = (fields: object, message: RegExp): void => refused(() => encode({ ...PLAIN, ...fields }), message);
  const will = { topic: "t", payload: new Uint8Array(0), qos: 0, retain: false };
  for (const clientId of ["\0", "\ud800"]) wrong({ clientId }, /^id must be free of NUL/);
  for (const clientId of [undefined, 5]) wrong({ clientId }, /^id must be a string$/);
  for (const user of ["a\0", "\udc00"]) wrong({ user }, /^user must be free of NUL/);
  wrong({ user: 5 }, /^user must be a string$/);
  wrong({ password: "secret" }, /^password must be a Uint8Array$/);
  for (const qos of [3, -1, 0.5, "1"]) wrong({ will: { ...will, qos } }, /^will\.qos must be a whole number from 0 to 2$/);
  for (const topic of ["", "a/#", "+"]) wrong({ will: { ...will, topic } }, /^will\.topic must be at least one character, without \+ and #$/);
  for (const topic of ["\0", "\ud800"]) wrong({ will: { ...will, topic } }, /^will\.topic must be free of NUL/);
  wrong({ will: { ...will, topic: undefined } }, /^will\.topic must be a string$/);
  for (const payload of ["text", undefined]) wrong({ will: { ...will, payload } }, /^will\.payload must be a Uint8Array$/);
  wrong({ will: { ...will, properties: { topicAlias: 1 } } }, /^properties\.topicAlias must be left out of Will$/);
  wrong({ properties: { willDelayInterval: 1 } }, /^properties\.willDelayInterval must be left out of CONNECT$/);
  refused(() => encoded((writer) => encodeConnect(writer, { ...PLAIN, password: new Uint8Array(65_536) }), 70_000), /^password must be at most 65535 bytes long$/);
});

test("a buffer that is too small is told by how much", () => {
  needsExactly((writer) => encodeConnect(writer, FULL));
  needsExactly((writer) => encodeConnect(writer, { ...FULL, version: 4 }));
  needsExactly((writer) => encodeConnect(writer, { ...PLAIN, properties: { authenticationMethod: "m".repeat(200) } }));
});

test("the lengths grow around long fields", () => {
  const connect: Connect = { ...PLAIN, clientId: "i".repeat(200), will: { topic: "t", payload: ascii("p".repeat(20_000)), qos: 0, retain: false, properties: { contentType: "x".repeat(125) } } };
  const packet = encoded((writer) => encodeConnect(writer, connect), 30_000);
  equal(hex(packet.subarray(0, 4)), "10 FC 9E 01"); // 20,348 bytes follow
  equal(packet.length, 4 + 20_348);
  const received = new ReceivedPacket(packet);
  received.open(0x10, 4, packet.length);
  deepEqual(decodeConnect(received), { user: undefined, password: undefined, properties: {}, ...connect });
  equal(received.fault, 0);
});

test("every truncation is malformed", () => {
  deepEqual(acceptedCuts(FULL_5, 5, decodeConnect), []);
  deepEqual(acceptedCuts(FULL_4, 4, decodeConnect), []);
});

test("reserved flags of the fixed header are malformed (MQTT-2.1.3-1)", () => {
  deepEqual(acceptedFlags(FULL_5, 5, decodeConnect), [0]);
});

test("other protocols and versions are not supported", () => {
  equal(faultOf("10 0E", "00 04 'MQTS' 05", "02", "00 3C", "00", "00 01 'c'"), 0x84);
  equal(faultOf("10 0F", "00 06 'MQIsdp' 03", "02", "00 3C", "00 01 'c'"), 0x84);
  for (const version of ["03", "06", "85"]) equal(faultOf("10 0E", `00 04 'MQTT' ${version}`, "02", "00 3C", "00", "00 01 'c'"), 0x84, version);
});

test("Connect Flags that contradict each other are malformed (MQTT-3.1.2-3, MQTT-3.1.2-11 to MQTT-3.1.2-13)", () => {
  const packet = FULL_5.slice();
  const accepted: number[] = [];
  for (let flags = 0; flags < 256; flags++) {
    packet[9] = flags;
    if (fault(packet, 5, decodeConnect) === 0) accepted.push(flags);
  }
  // The payload has all fields, so that only Clean Start, Will QoS and Will Retain are free.
  deepEqual(accepted, [0xc4, 0xc6, 0xcc, 0xce, 0xd4, 0xd6, 0xe4, 0xe6, 0xec, 0xee, 0xf4, 0xf6]);
  for (const flags of ["03", "0A", "12", "22", "1E", "1A"])
    equal(faultOf("10 0E", "00 04 'MQTT' 05", flags, "00 3C", "00", "00 01 'c'"), 0x81, flags);
});

test("wrong strings and properties are malformed, duplicates a Protocol Error", () => {
  equal(faultOf("10 0E", "00 04 'MQTT' 05", "02", "00 3C", "00", "00 01 00"), 0x81, "NUL in the Client Identifier");
  equal(faultOf("10 13", "00 04 'MQTT' 05", "82", "00 3C", "00", "00 01 'c'", "00 03 ED A0 80"), 0x81, "a surrogate in the user name");
  equal(faultOf("10 11", "00 04 'MQTT' 05", "02", "00 3C", "03 13 00 01", "00 01 'c'"), 0x81, "Server Keep Alive");
  equal(faultOf("10 12", "00 04 'MQTT' 05", "02", "00 3C", "04 19 00 19 00", "00 01 'c'"), 0x82, "Request Response Information twice");
  equal(faultOf("10 0F", "00 04 'MQTT' 05", "02", "00 3C", "00", "00 01 'c'", "00"), 0x81, "a byte too many");
});

test("a decoded password is a copy of its own", () => {
  const packet = FULL_5.slice();
  const { password } = decode(packet);
  ok(password !== undefined);
  packet.fill(0);
  deepEqual(password, Uint8Array.of(0xff));
});
