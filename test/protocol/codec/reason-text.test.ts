import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { peerError, reasonText } from "../../../src/protocol/codec/reason-text.js";

test("a Reason Code has the standard's name and its number (MQTT 5.0, 2.4)", () => {
  const table: readonly (readonly [code: number, text: string])[] = [
    [0x80, "Unspecified error (0x80)"],
    [0x81, "Malformed Packet (0x81)"],
    [0x87, "Not authorized (0x87)"],
    [0x8c, "Bad authentication method (0x8c)"],
    [0x8d, "Keep Alive timeout (0x8d)"],
    [0x92, "Packet Identifier not found (0x92)"],
    [0x95, "Packet too large (0x95)"],
    [0x99, "Payload format invalid (0x99)"],
    [0x9f, "Connection rate exceeded (0x9f)"],
    [0xa2, "Wildcard Subscriptions not supported (0xa2)"],
  ];
  for (const [code, text] of table) equal(reasonText(code), text);
});

test("a number without a name is told as it is", () => {
  equal(reasonText(0xa3), "Reason Code (0xa3)");
  equal(reasonText(0x00), "Reason Code (0x0)");
});

test("what the broker did is told with its Reason Code, and with its Reason String where it gave one", () => {
  equal(peerError("refused", 0x87).message, "the broker refused: Not authorized (0x87)");
  equal(peerError("refused", 0x87, {}).message, "the broker refused: Not authorized (0x87)");
  const error = peerError("refused", 0x87, { reasonString: "why" });
  deepEqual([error.kind, error.message, error.reasonCode, error.properties], ["peer", "the broker refused: Not authorized (0x87): why", 0x87, { reasonString: "why" }]);
});
