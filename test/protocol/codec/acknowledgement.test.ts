import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { encodeAcknowledgement } from "../../../src/protocol/codec/acknowledgement.js";
import type { Properties } from "../../../src/protocol/codec/property.js";
import { bytes, hex, join } from "../support/bytes.js";
import { acceptedCodes, acceptedCuts, acceptedFlags, decoded, fault } from "../support/decoding.js";
import { encoded, needsExactly, refused } from "../support/encoding.js";

/** PUBACK, PUBREC, PUBREL and PUBCOMP: type, first byte, Reason Codes. */
const PACKETS: readonly (readonly [type: number, first: string, codes: readonly number[]])[] = [
  [4, "40", [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]],
  [5, "50", [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]],
  [6, "62", [0x00, 0x92]],
  [7, "70", [0x00, 0x92]],
];

function encode(type: number, version: 4 | 5, identifier: number, reasonCode?: number, properties?: Properties): string {
  return hex(encoded((writer) => encodeAcknowledgement(writer, type, version, identifier, reasonCode ?? 0, properties)));
}

test("success without properties is the identifier alone", () => {
  for (const [type, first] of PACKETS) {
    const packet = bytes(first, "02", "12 34");
    for (const version of [4, 5] as const) {
      equal(encode(type, version, 0x1234), hex(packet));
      const received = decoded(packet, version);
      deepEqual([received.fault, received.type, received.identifier, received.reasonCode, received.properties], [0, type, 0x1234, 0, {}]);
    }
  }
});

test("a Reason Code without properties is a third byte", () => {
  for (const [type, first, codes] of PACKETS)
    for (const code of codes) {
      const packet = join(bytes(first, "03", "00 01"), Uint8Array.of(code));
      if (code !== 0) equal(encode(type, 5, 1, code), hex(packet));
      deepEqual([decoded(packet).fault, decoded(packet).reasonCode, decoded(packet).properties], [0, code, {}]);
    }
});

test("a zero Property Length is accepted (MQTT-2.2.2-1)", () => {
  for (const [type, first] of PACKETS) {
    deepEqual([fault(bytes(first, "04", "00 01 00 00"))], [0]);
    equal(encode(type, 5, 1, 0, {}), `${first} 04 00 01 00 00`);
  }
});

test("Reason String and user properties", () => {
  const properties: Properties = { reasonString: "no", userProperty: [["a", "b"]] };
  for (const [type, first, codes] of PACKETS) {
    const code = codes.at(-1) ?? 0;
    const packet = join(
      bytes(first, "10", "FF FE"), // Remaining Length 16, identifier 65534
      Uint8Array.of(code),
      bytes("0C", "1F 00 02 'no'", "26 00 01 'a' 00 01 'b'"),
    );
    equal(encode(type, 5, 0xfffe, code, properties), hex(packet));
    const received = decoded(packet);
    deepEqual([received.fault, received.identifier, received.reasonCode, received.properties], [0, 0xfffe, code, properties]);
    // The two short forms are right, everything else between is not.
    deepEqual(acceptedCuts(packet), [2, 3]);
    needsExactly((writer) => encodeAcknowledgement(writer, type, 5, 1, code, properties));
  }
});

test("MQTT 3.1.1 sends and takes the identifier only", () => {
  for (const [type, first, codes] of PACKETS) {
    equal(encode(type, 4, 1, codes.at(-1), { reasonString: "no" }), `${first} 02 00 01`);
    equal(fault(bytes(first, "03 00 01 00"), 4), 0x81);
    deepEqual(acceptedCuts(bytes(first, "02 00 01"), 4), []);
    needsExactly((writer) => encodeAcknowledgement(writer, type, 4, 1, 0));
  }
});

test("only the packet's own Reason Codes are accepted (MQTT-3.4.2-1, MQTT-3.5.2-1, MQTT-3.6.2-1, MQTT-3.7.2-1)", () => {
  for (const [, first, codes] of PACKETS) {
    deepEqual(acceptedCodes(bytes(first, "03 00 01 00"), 4), codes);
    deepEqual(acceptedCodes(bytes(first, "04 00 01 00 00"), 4), codes);
  }
});

test("identifier 0 is a Protocol Error (MQTT 5.0, 2.2.1)", () => {
  for (const [, first] of PACKETS) for (const version of [4, 5] as const) equal(fault(bytes(first, "02 00 00"), version), 0x82);
});

test("other flags than the fixed ones are malformed (MQTT-2.1.3-1, MQTT-3.6.1-1)", () => {
  for (const [type, first] of PACKETS)
    for (const version of [4, 5] as const) deepEqual(acceptedFlags(bytes(first, "02 00 01"), version), [type === 6 ? 2 : 0]);
});

test("a byte too many is malformed", () => {
  for (const [, first] of PACKETS) equal(fault(bytes(first, "05 00 01 00 00 00")), 0x81);
});

test("properties of other packets are malformed, a second Reason String is a Protocol Error", () => {
  for (const [type, first] of PACKETS) {
    equal(fault(bytes(first, "07 00 01 00 03 21 00 01")), 0x81);
    equal(fault(bytes(first, "0A 00 01 00 06 1F 00 00 1F 00 00")), 0x82);
    refused(() => encode(type, 5, 1, 0, { receiveMaximum: 1 }), /^properties\.receiveMaximum must be left out of PUB[A-Z]+$/);
  }
});

test("wrong UTF-8 in a Reason String is malformed", () => {
  for (const text of ["00 01 00", "00 03 ED A0 80", "00 02 C0 80", "00 04 F4 90 80 80"]) {
    const block = bytes("1F", text);
    equal(fault(join(bytes("40"), Uint8Array.of(4 + block.length), bytes("00 01 10"), Uint8Array.of(block.length), block)), 0x81, text);
  }
});

test("a Property Length beyond the packet, or longer than needed, is malformed", () => {
  equal(fault(bytes("40 04 00 01 10 01")), 0x81);
  equal(fault(bytes("40 07 00 01 10 04 1F 00 00")), 0x81);
  equal(fault(bytes("40 05 00 01 10 80 00")), 0x81);
  equal(fault(bytes("40 08 00 01 10 80 80 80 80 01")), 0x81);
});
