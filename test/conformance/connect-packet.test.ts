/** What stands in a CONNECT (MQTT 5.0, 3.1.2, 3.1.3). */
import { equal, ok, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import type { MQTTClientOptions } from "../../src/client/mqtt-client-options.js";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import { report } from "../../src/client/report.js";
import type { Connect, ConnectWill } from "../../src/protocol/codec/connect.js";
import { FakeNetwork } from "../client/fake-network.js";
import { Bench } from "../client/mqtt-client-bench.js";
import { subject } from "../client/network.js";
import { Attempt } from "../client/report-attempt.js";
import { ScriptedBroker as Broker } from "../client/scripted-broker.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { field, packet, properties } from "./packets.js";
import { CHARACTERS, LONE_SURROGATES } from "./strings.js";

const REFUSED = { name: "MqttError", kind: "configuration" };
const WILL: ConnectWill = { topic: "w", payload: new Uint8Array(0), qos: 0, retain: false };
const PASSWORD = Uint8Array.of(0, 255);
/** What a string must not be. */
const WRONG_TEXTS = ["\0", "a\0", ...LONE_SURROGATES];

/** The CONNECT for these options has these flags and, after the Client Identifier "c", this payload. */
function connects(options: Partial<Connect>, flags: string, ...payload: readonly string[]): void {
  new ScriptedBroker(options).connect().expect(packet("10", field("'MQTT'"), "05", flags, "00 00 00", field("'c'"), ...payload));
}

/** All combinations of what shows in the Connect Flags. */
const COMBINATIONS = [true, false].flatMap((cleanStart) =>
  [undefined, "u"].flatMap((user) =>
    [undefined, PASSWORD].flatMap((password) =>
      [undefined, ...([0, 1, 2] as const).flatMap((qos) => [true, false].map((retain) => ({ ...WILL, qos, retain })))].map((will) => ({ cleanStart, user, password, will })))));

/** The Connect Flags for these options. */
function flagsOf(options: Partial<Connect>): number {
  return new ScriptedBroker(options).connect().transport.take()[9] ?? NaN;
}

/** The MQTT client class refuses options before anything is opened. */
function classRefuses(options: Partial<MQTTClientOptions>): void {
  const network = new FakeNetwork();
  throws(() => new MQTTClient({ host: "192.0.2.1", ...network.provider, version: 5, ...options }), REFUSED);
  equal(network.sockets.length, 0);
}

test("[MQTT-3.1.2-1] CONNECT begins with the protocol name MQTT and the version 5", () => {
  const sent = new ScriptedBroker().connect().transport.take();
  equal(hex(sent.subarray(2, 9)), hex(bytes("00 04 'MQTT' 05")));
});

test("[MQTT-3.1.2-1] so does that of the MQTT client class", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.open();
  equal(bench.socket.taken()[0]?.slice(6, 26), hex(bytes("00 04 'MQTT' 05")));
});

test("[MQTT-3.1.2-1] so does that of report", (t) => {
  const attempt = new Attempt(t, []);
  attempt.socket.writable();
  equal(attempt.written().slice(6, 26), hex(bytes("00 04 'MQTT' 05")));
});

test("[MQTT-3.1.2-1] a CONNACK with Unsupported Protocol Version reaches the application", async (t) => {
  const broker = await Broker.start(t);
  const { client, disconnections } = subject(t, broker.url, { version: 5, reconnect: false });
  const ready = client.ready();
  (await broker.accept()).send("20 03 00 84 00");
  await rejects(ready, { kind: "peer", reasonCode: 0x84 });
  equal((await disconnections.next()).error.reasonCode, 0x84);
});

test("[MQTT-3.1.2-3] bit 0 of the Connect Flags is 0 with all options", () => {
  equal(COMBINATIONS.length, 56);
  for (const options of COMBINATIONS) equal(flagsOf(options) & 0x01, 0);
});

test("[MQTT-3.1.2-3] bit 0 of the Connect Flags of report is 0", (t) => {
  const attempt = new Attempt(t, [], { user: "u", password: "p" });
  attempt.socket.writable();
  attempt.wrote("10 13", field("'MQTT'"), "05 C2 00 1E 00 00 00", field("'u'"), field("'p'"));
});

test("[MQTT-3.1.2-9] a will with an empty payload has all three fields", () => {
  connects({ will: WILL }, "06", "00", field("'w'"), "00 00");
});

test("[MQTT-3.1.2-9] the properties of a will stand before its topic and payload", () => {
  const will: ConnectWill = { ...WILL, payload: PASSWORD, properties: { willDelayInterval: 5, payloadFormatIndicator: 1 } };
  connects({ will }, "06", properties("18 00 00 00 05 01 01"), field("'w'"), field("00 FF"));
});

test("[MQTT-3.1.2-9] the application's will without a payload is an empty message", async (t) => {
  const broker = await Broker.start(t);
  subject(t, broker.url, { will: { topic: "w" } });
  await (await broker.accept()).expect(packet("10", field("'MQTT'"), "05 06 00 3C", properties("11 00 00 0E 10 21 00 14"), field("'c'"), "00", field("'w'"), "00 00"));
});

test("[MQTT-3.1.2-11] without a will the bits of Will QoS are 0", () => {
  for (const options of COMBINATIONS.filter(({ will }) => will === undefined)) equal(flagsOf(options) & 0x18, 0);
});

test("[MQTT-3.1.2-12] Will QoS 0, 1 and 2 stand in bits 3 and 4", () => {
  for (const options of COMBINATIONS) if (options.will !== undefined) equal((flagsOf(options) & 0x18) >> 3, options.will.qos);
});

test("[MQTT-3.1.2-12] any other Will QoS is refused before anything is opened", async (t) => {
  const broker = await Broker.start(t);
  for (const qos of [3, -1, 4, 1.5, NaN, "1"] as 0[]) {
    throws(() => subject(t, broker.url, { will: { topic: "w", qos } }), REFUSED);
    classRefuses({ will: { topic: "w", QoS: qos } });
  }
  equal(broker.unasked, 0);
});

test("[MQTT-3.1.2-13] without a will the bit of Will Retain is 0", () => {
  for (const options of COMBINATIONS.filter(({ will }) => will === undefined)) equal(flagsOf(options) & 0x20, 0);
});

test("[MQTT-3.1.2-16] without a user name the payload ends after the field before it", () => {
  connects({}, "02");
  connects({ will: WILL }, "06", "00", field("'w'"), "00 00");
});

test("[MQTT-3.1.2-16] without a user name the password follows the field before it", () => {
  connects({ password: PASSWORD }, "42", field("00 FF"));
});

test("[MQTT-3.1.2-17] an empty user name is there, and its flag is 1", () => {
  connects({ user: "" }, "82", "00 00");
});

test("[MQTT-3.1.2-17] the application's empty user name is there, and its flag is 1", async (t) => {
  const broker = await Broker.start(t);
  subject(t, broker.url, { user: "" });
  equal((await (await broker.accept()).nextIs("connect"))["username"], "");
});

test("[MQTT-3.1.2-18] without a password nothing follows the user name", () => {
  connects({ user: "u" }, "82", field("'u'"));
});

test("[MQTT-3.1.2-19] a password needs no user name", () => {
  connects({ password: PASSWORD }, "42", field("00 FF"));
});

test("[MQTT-3.1.2-19] an empty password is there, and its flag is 1", () => {
  connects({ password: new Uint8Array(0) }, "42", "00 00");
});

test("[MQTT-3.1.2-19] the application's password needs no user name", async (t) => {
  const broker = await Broker.start(t);
  subject(t, broker.url, { password: "p" });
  const connect = await (await broker.accept()).nextIs("connect");
  ok(!("username" in connect));
  equal(String(connect["password"]), "p");
});

test("[MQTT-3.1.2-19] report's password needs no user name", (t) => {
  const attempt = new Attempt(t, [], { password: PASSWORD });
  attempt.socket.writable();
  attempt.wrote("10 11", field("'MQTT'"), "05 42 00 1E 00 00 00", field("00 FF"));
});

test("[MQTT-3.1.3-1] the payload has Client Identifier, will properties, will topic, will payload, user name and password in this order", () => {
  const options: Partial<Connect> = {
    cleanStart: true, keepAlive: 0x1234, clientId: "id", user: "user", password: PASSWORD, properties: { sessionExpiryInterval: 1, userProperty: [["n", "v"]] },
    will: { topic: "will", payload: Uint8Array.of(7, 8, 9), qos: 2, retain: true, properties: { willDelayInterval: 2, contentType: "t" } },
  };
  new ScriptedBroker(options).connect().expect(
    "10 3A", "00 04 'MQTT'", "05", "F6", "12 34", "0C 11 00 00 00 01 26 00 01 'n' 00 01 'v'", // up to the properties
    "00 02 'id'", "09 18 00 00 00 02 03 00 01 't'", "00 04 'will'", "00 03 07 08 09", "00 04 'user'", "00 02 00 FF",
  );
});

test("[MQTT-3.1.3-1] the payload of report has Client Identifier, user name and password in this order", (t) => {
  const attempt = new Attempt(t, [], { id: "id", user: "user", password: PASSWORD });
  attempt.socket.writable();
  attempt.wrote("10 19", field("'MQTT'"), "05 C2 00 1E 00", field("'id'"), field("'user'"), field("00 FF"));
});

test("[MQTT-3.1.3-3] without an id the payload begins with one of length 0", async (t) => {
  const broker = await Broker.start(t);
  subject(t, broker.url, { id: "" });
  await (await broker.accept()).expect(packet("10", field("'MQTT'"), "05 02 00 3C", properties("11 00 00 0E 10 21 00 14"), "00 00"));
});

test("[MQTT-3.1.3-3] without an id the payload of report begins with one of length 0", (t) => {
  const attempt = new Attempt(t, []);
  attempt.socket.writable();
  attempt.wrote("10 0D", field("'MQTT'"), "05 02 00 1E 00", "00 00");
});

test("[MQTT-3.1.3-4] a Client Identifier of characters of any length goes out as UTF-8 has it", () => {
  const clientId = CHARACTERS.map(([character]) => character).join("");
  const utf8 = CHARACTERS.map(([, bytes]) => bytes).join(" ");
  new ScriptedBroker({ clientId }).connect().expect(packet("10", field("'MQTT'"), "05 02 00 00 00", field(utf8)));
});

for (const [id, what, option] of [["MQTT-3.1.3-4", "Client Identifier", "id"], ["MQTT-3.1.3-12", "user name", "user"]] as const) {
  test(`[${id}] a ${what} with NUL or a lone surrogate is refused before anything is opened`, async (t) => {
    const broker = await Broker.start(t);
    for (const text of WRONG_TEXTS) {
      throws(() => subject(t, broker.url, { [option]: text }), REFUSED);
      classRefuses({ [option]: text });
    }
    equal(broker.unasked, 0);
  });

  test(`[${id}] a ${what} with NUL or a lone surrogate is refused by report before anything is opened`, async () => {
    const network = new FakeNetwork();
    for (const text of WRONG_TEXTS) await rejects(report({ host: "192.0.2.1", ...network.provider, [option]: text }, []), REFUSED);
    equal(network.sockets.length, 0);
  });
}

test("[MQTT-3.1.3-11] a will topic with NUL or a lone surrogate is refused before anything is opened", async (t) => {
  const broker = await Broker.start(t);
  for (const topic of WRONG_TEXTS) {
    throws(() => subject(t, broker.url, { will: { topic } }), REFUSED);
    classRefuses({ will: { topic } });
  }
  equal(broker.unasked, 0);
});

test("[MQTT-3.1.3-11] a will topic of characters of any length goes out as UTF-8 has it", () => {
  const topic = CHARACTERS.map(([character]) => character).join("");
  const utf8 = CHARACTERS.map(([, bytes]) => bytes).join(" ");
  connects({ will: { ...WILL, topic } }, "06", "00", field(utf8), "00 00");
});

test("[MQTT-3.1.3-12] a user name of characters of any length goes out as UTF-8 has it, behind the will", () => {
  const user = CHARACTERS.map(([character]) => character).join("");
  const utf8 = CHARACTERS.map(([, bytes]) => bytes).join(" ");
  connects({ will: WILL, user }, "86", "00", field("'w'"), "00 00", field(utf8));
});
