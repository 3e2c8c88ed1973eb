import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfiguration } from "../../src/node/configuration.js";
import { MqttError } from "../../src/protocol/error.js";

test("only the broker must be told, everything else has a default", () => {
  assert.deepEqual(readConfiguration({ broker: "mqtt://192.168.1.10" }, "node-a1b2c3"), {
    broker: "mqtt://192.168.1.10", prefix: "xs-mqtt", node: "node-a1b2c3", interval: 60, qos: 1, keepAlive: 60, sensorAddress: 0x76, accessPoints: [],
  });
});

test("numbers may come as text, as from a command line", () => {
  const { interval, qos, keepAlive, sensorAddress } = readConfiguration({ broker: "mqtt://b", interval: "2.5", qos: "2", keepAlive: "0", sensorAddress: "0x77" }, "n");
  assert.deepEqual([interval, qos, keepAlive, sensorAddress], [2.5, 2, 0, 0x77]);
});

test("all options arrive, empty ones count as not given, those of others are ignored", () => {
  const options = { broker: "mqtts://b:8883", brokerUser: "u", brokerPassword: "p", prefix: "home/attic", node: "one" };
  const wifi = { ssid: "net", password: "secret", password2: "of none", ssid3: "open" };
  assert.deepEqual(readConfiguration({ ...options, ...wifi, interval: "", screen: {} }, "n"), {
    ...options, interval: 60, qos: 1, keepAlive: 60, sensorAddress: 0x76,
    accessPoints: [{ ssid: "net", password: "secret" }, { ssid: "open", password: undefined }],
  });
});

test("a wrong value names the option and what it may be", () => {
  const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ broker: undefined }, /^broker must be the broker's URL, mqtt:\/\/HOST/],
    [{ broker: "192.168.1.10" }, /^broker must be/],
    [{ broker: "mqtt://host:port" }, /^broker must be/],
    [{ prefix: "a/#" }, /^prefix must be 1 to 64 characters, without \+ and #/],
    [{ prefix: "/a" }, /^prefix must be/],
    [{ prefix: "$SYS" }, /^prefix must be/],
    [{ node: "a/b" }, /^node must be 1 to 32 characters, without \+, # and \//],
    [{ node: 7 }, /^node must be text; put digits into quotes/],
    [{ password: 12_345_678 }, /^password must be text/],
    [{ interval: 0.5 }, /^interval must be a number of seconds from 1 to 86400/],
    [{ interval: "often" }, /^interval must be a number/],
    [{ interval: true }, /^interval must be a number/],
    [{ qos: 3 }, /^qos must be 0, 1 or 2/],
    [{ keepAlive: 65_536 }, /^keepAlive must be a whole number from 0 to 65535/],
    [{ sensorAddress: 0x78 }, /^sensorAddress must be a whole number from 8 to 119/],
  ];
  for (const [options, message] of wrong)
    assert.throws(() => readConfiguration({ broker: "mqtt://b", ...options }, "n"), (error) => error instanceof MqttError && error.kind === "configuration" && message.test(error.message));
});
