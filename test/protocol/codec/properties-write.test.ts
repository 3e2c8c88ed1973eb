import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex, join } from "../support/bytes.js";
import { mqttError, refused } from "../support/encoding.js";
import { PROPERTIES, propertyBlock } from "../support/properties.js";

const [WILL, CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT] = [0, 1, 2, 3, 4, 8, 10, 14];

/** Properties must be refused for a packet, with a message that names the wrong one and what it may be. */
function wrong(properties: object, message: RegExp, packet: number = PUBLISH): void {
  refused(() => propertyBlock(properties, packet, 70_000), message);
}

test("each of the 27 properties is written in each packet that may carry it", () => {
  for (const row of PROPERTIES) {
    const data = bytes(row.bytes);
    for (const packet of row.packets) equal(hex(propertyBlock({ [row.name]: row.value }, packet)), hex(join(Uint8Array.of(data.length), data)));
  }
});

test("no properties are a zero Property Length (MQTT-2.2.2-1)", () => {
  for (const none of [undefined, {}, { contentType: undefined }, { userProperty: [] }]) equal(hex(propertyBlock(none, PUBLISH)), "00");
});

test("properties are written in the order of the object, user properties in theirs", () => {
  equal(
    hex(propertyBlock({ userProperty: [["b", "1"], ["a", ""], ["b", "2"]], contentType: "c", payloadFormatIndicator: 0 }, PUBLISH)),
    hex(bytes("1A", "26 00 01 'b' 00 01 '1'", "26 00 01 'a' 00 00", "26 00 01 'b' 00 01 '2'", "03 00 01 'c'", "01 00")),
  );
});

test("a PUBLISH of a server may carry several Subscription Identifiers", () => {
  equal(hex(propertyBlock({ subscriptionIdentifier: [1, 128, 268_435_455] }, PUBLISH)), "0A 0B 01 0B 80 01 0B FF FF FF 7F");
});

test("only a PUBLISH has several Subscription Identifiers, and no other property is a list", () => {
  wrong({ subscriptionIdentifier: [1, 2] }, /^subscriptionIdentifier must be a whole number/, SUBSCRIBE);
  wrong({ contentType: ["a", "b"] }, /^contentType must be a string/);
  wrong({ topicAlias: [1] }, /^topicAlias must be a whole number/);
  wrong({ correlationData: [1, 2] }, /^correlationData must be a Uint8Array/);
});

test("the Property Length grows at 128 and 16384 bytes", () => {
  const table: readonly (readonly [total: number, length: string])[] = [[127, "7F"], [128, "80 01"], [16_383, "FF 7F"], [16_384, "80 80 01"]];
  for (const [total, length] of table) {
    const block = propertyBlock({ reasonString: "x".repeat(total - 3) }, PUBACK, 20_000);
    const start = bytes(length).length;
    equal(hex(block.subarray(0, start)), length);
    equal(block.length, start + total);
    equal(hex(block.subarray(start, start + 4)), hex(join(bytes("1F"), Uint8Array.of((total - 3) >> 8, (total - 3) & 0xff), bytes("'x'"))));
    equal(hex(block.subarray(-1)), hex(bytes("'x'")));
  }
});

test("an unknown property is refused by its name", () => {
  wrong({ contentTyp: "text" }, /^properties\.contentTyp must be left out of PUBLISH$/);
  wrong({ toString: 1 }, /^properties\.toString must be left out/);
  wrong({ userProperties: {} }, /^properties\.userProperties must be left out of UNSUBSCRIBE$/, UNSUBSCRIBE);
});

test("a property of other packets is refused by its name", () => {
  for (const row of PROPERTIES)
    for (let packet = 0; packet < 12; packet++)
      if (!row.packets.includes(packet)) wrong({ [row.name]: row.value }, new RegExp(`^properties\\.${row.name} must be left out of `), packet);
  match(mqttError(() => propertyBlock({ topicAlias: 1 }, WILL)).message, /^properties\.topicAlias must be left out of Will$/);
  match(mqttError(() => propertyBlock({ receiveMaximum: 1 }, DISCONNECT)).message, /^properties\.receiveMaximum must be left out of DISCONNECT$/);
});

test("numbers outside their range are refused", () => {
  const table: readonly (readonly [name: string, packet: number, minimum: number, maximum: number])[] = [
    ["payloadFormatIndicator", PUBLISH, 0, 1],
    ["messageExpiryInterval", PUBLISH, 0, 0xffffffff],
    ["topicAlias", PUBLISH, 1, 0xffff],
    ["subscriptionIdentifier", SUBSCRIBE, 1, 268_435_455],
    ["sessionExpiryInterval", CONNECT, 0, 0xffffffff],
    ["receiveMaximum", CONNECT, 1, 0xffff],
    ["maximumPacketSize", CONNECT, 1, 0xffffffff],
    ["topicAliasMaximum", CONNECT, 0, 0xffff],
    ["requestResponseInformation", CONNECT, 0, 1],
    ["requestProblemInformation", CONNECT, 0, 1],
    ["willDelayInterval", WILL, 0, 0xffffffff],
    ["serverKeepAlive", CONNACK, 0, 0xffff],
    ["maximumQoS", CONNACK, 0, 1],
  ];
  for (const [name, packet, minimum, maximum] of table) {
    for (const value of [minimum, maximum]) propertyBlock({ [name]: value }, packet);
    for (const value of [minimum - 1, maximum + 1, 0.5, NaN, Infinity, "1", true, null, {}])
      wrong({ [name]: value }, new RegExp(`^${name} must be a whole number from ${minimum} to ${maximum}$`), packet);
  }
});

test("strings that are none, or that MQTT forbids, are refused (MQTT-1.5.4-1, MQTT-1.5.4-2, MQTT-3.3.2-13, MQTT-3.3.2-19)", () => {
  for (const row of PROPERTIES) {
    if (typeof row.value !== "string") continue;
    const packet = row.packets[0];
    for (const value of [1, null, Uint8Array.of(1)]) wrong({ [row.name]: value }, new RegExp(`^${row.name} must be a string$`), packet);
    for (const value of ["\0", "\ud800", "\udc00"]) wrong({ [row.name]: value }, new RegExp(`^${row.name} must be free of NUL characters and lone surrogates$`), packet);
    wrong({ [row.name]: "é".repeat(32_768) }, new RegExp(`^${row.name} must be at most 65535 bytes long$`), packet);
  }
});

test("a Response Topic is a Topic Name (MQTT-3.3.2-14)", () => {
  for (const value of ["", "r/#", "+"]) wrong({ responseTopic: value }, /^responseTopic must be at least one character, without \+ and #$/);
});

test("binary data that is none or too long is refused", () => {
  for (const value of ["text", new ArrayBuffer(1), null, 1]) wrong({ correlationData: value }, /^correlationData must be a Uint8Array$/);
  wrong({ correlationData: new Uint8Array(65_536) }, /^correlationData must be at most 65535 bytes long$/);
  equal(propertyBlock({ correlationData: new Uint8Array(65_535) }, PUBLISH, 70_000).length, 3 + 3 + 65_535);
});

test("user properties that are no list of pairs of strings are refused (MQTT-1.5.7-1)", () => {
  for (const value of [{ name: "value" }, "nv", 1, null, ["nv"], [null], [{}], [["n"]], [["n", 1]], [[1, "v"]], [["n", "v", "w"]]])
    wrong({ userProperty: value }, /userProperty must be/);
  for (const text of ["\0", "\ud800"]) {
    wrong({ userProperty: [[text, "v"]] }, /^userProperty must be free of NUL/);
    wrong({ userProperty: [["n", text]] }, /^userProperty must be free of NUL/);
  }
});
