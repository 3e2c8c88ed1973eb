import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { checkNames, MqttError } from "../../src/protocol/error.js";

test("an error says who is at fault, and by which Reason Code", () => {
  const error = new MqttError("peer", "what", 0x87);
  deepEqual([error.name, error.kind, error.message, error.reasonCode], ["MqttError", "peer", "what", 0x87]);
  equal(new MqttError("transport", "what").reasonCode, 0x80);
});

test("an error carries properties only where there are some", () => {
  equal("properties" in new MqttError("peer", "what", 0x87), false);
  deepEqual(new MqttError("peer", "what", 0x87, { reasonString: "why" }).properties, { reasonString: "why" });
});

test("a misspelt option is named, with those that there are", () => {
  checkNames("the option", { one: 1, two: 2 }, "one two three");
  checkNames("the option", {}, "one");
  throws(() => checkNames("the option", { one: 1, tow: 2 }, "one two"), { kind: "configuration", message: 'the option "tow" must be one of one, two' });
});
