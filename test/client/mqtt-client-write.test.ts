/** What the MQTT client class sends: messages whole and in parts, control messages, and what it refuses. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import type { WriteOptions } from "../../src/client/mqtt-client-options.js";
import { hex, pattern } from "../protocol/support/bytes.js";
import { mqttError, refused } from "../protocol/support/encoding.js";
import { Bench, buffer } from "./mqtt-client-bench.js";

test("PUBLISH is the default operation; QoS, retain, duplicate and id are as asked", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(buffer("'x'"), { topic: "a" });
  bench.write(new Uint8Array([0x79]), { operation: MQTTClient.PUBLISH, topic: "a", QoS: 1, retain: true, id: 0x0102 });
  bench.write(new DataView(buffer("'z'")), { topic: "a", QoS: 2, duplicate: true, id: 3 });
  deepEqual(bench.taken(), ["30 04 00 01 61 78", "33 06 00 01 61 01 02 79", "3C 06 00 01 61 00 03 7A"]);
});

test("topics may be given as their bytes", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(buffer("'x'"), { topic: buffer("'a'") });
  bench.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: buffer("'b'"), QoS: 1 }], id: 1 });
  bench.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: new DataView(buffer("'c'")) }], id: 2 });
  deepEqual(bench.taken(), ["30 04 00 01 61 78", "82 06 00 01 00 01 62 01", "A2 05 00 02 00 01 63"]);
  refused(() => bench.write(null, { topic: Uint8Array.of(0xff) }), /^topic must be UTF-8 without NUL characters$/);
});

test("a PUBREL may be sent again, and its PUBCOMP ends the exchange", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(null, { operation: MQTTClient.PUBREL, id: 7 });
  deepEqual(bench.taken(), ["62 02 00 07"]);
  refused(() => bench.write(null, { operation: MQTTClient.PUBREL, id: 7 }), /^id 7 must be another: it is in flight$/);
  refused(() => bench.write(null, { operation: MQTTClient.PUBREL }), /^id must be a whole number from 1 to 65535$/);
  bench.socket.receive("70 02 00 07");
  deepEqual(bench.only("control").map(({ message: { operation, id } }) => [operation, id]), [[MQTTClient.PUBCOMP, 7]]);
  bench.socket.writable(3);
  match(mqttError(() => bench.write(null, { operation: MQTTClient.PUBREL, id: 7 })).message, /^PUBREL does not fit now/);
});

test("no data is an empty payload", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(null, { topic: "a", retain: true });
  bench.write(undefined, { topic: "b" });
  deepEqual(bench.taken(), ["31 03 00 01 61", "30 03 00 01 62"]);
});

test("write returns what may be written now: what the socket takes, less 8 bytes for a header", (t) => {
  const bench = new Bench(t);
  bench.connect(1000);
  bench.socket.writable(1000);
  deepEqual(bench.only("writable"), [{ name: "writable", count: 992 }]);
  equal(bench.write(buffer("'x'"), { topic: "a" }), 1000 - 6 - 8);
});

test("a message goes out in parts: byteLength first, then data alone", (t) => {
  const bench = new Bench(t);
  bench.connect(1000);
  bench.socket.writable(1000);
  equal(bench.write(buffer("'SM'"), { topic: "a", byteLength: 6, QoS: 2 }), 1000 - 9);
  bench.write(buffer("'ALL'"), null);
  equal(bench.write(buffer("'!'")), 1000 - 13 - 8);
  deepEqual(bench.taken(), ["34 0B 00 01 61 00 01 53 4D", "41 4C 4C", "21"]);
  // The next one is a message of its own again.
  bench.write(buffer("'x'"), { topic: "b" });
  deepEqual(bench.taken(), ["30 04 00 01 62 78"]);
});

test("a message may begin without data", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(null, { topic: "a", byteLength: 2 });
  bench.write(buffer("'xy'"));
  deepEqual(bench.taken(), ["30 05 00 01 61", "78 79"]);
});

test("parts may be as large as the socket takes, whatever the send buffer", (t) => {
  const bench = new Bench(t);
  bench.connect(2000);
  bench.socket.writable(2000);
  const payload = pattern(5000);
  let sent = bench.write(payload.subarray(0, 1000), { topic: "a", byteLength: 5000 });
  equal(sent, 2000 - 6 - 1000);
  bench.write(payload.subarray(1000, 1000 + sent));
  let position = 1000 + sent;
  while (position < 5000) {
    bench.socket.writable(2000);
    sent = Math.min(bench.only("writable").at(-1)?.count ?? 0, 5000 - position);
    bench.write(payload.subarray(position, (position += sent)));
  }
  equal(bench.taken().join(" "), `30 8B 27 00 01 61 ${hex(payload)}`);
});

test("between the parts of a message only data may be written", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(buffer("'x'"), { topic: "a", byteLength: 3 });
  bench.taken();
  for (const options of [{ topic: "b" }, { operation: MQTTClient.PINGREQ }] satisfies WriteOptions[])
    refused(() => bench.write(buffer("'y'"), options), /^options must be left out until the message is complete: 2 bytes to go$/);
  refused(() => bench.write(buffer("'yyy'")), /^data must be at most 2 bytes long, as byteLength promised$/);
  deepEqual(bench.taken(), []);
  bench.write(buffer("'yz'"));
  deepEqual(bench.taken(), ["79 7A"]);
});

test("acknowledgements wait until a message in parts is complete", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(buffer("'x'"), { topic: "a", byteLength: 2 });
  bench.socket.receive("32 06 00 01 'b' 00 01 'm'");
  deepEqual(bench.taken(), ["30 05 00 01 61 78"]);
  bench.write(buffer("'y'"));
  bench.clock.advance();
  deepEqual(bench.taken(), ["79", "40 02 00 01"]);
});

test("write before CONNACK is an error", (t) => {
  const bench = new Bench(t);
  refused(() => bench.write(buffer("'x'"), { topic: "a" }), /^write must wait for CONNACK/);
  bench.open();
  refused(() => bench.write(buffer("'x'"), { topic: "a" }), /^write must wait for CONNACK/);
  bench.socket.receive("20 02 00 00");
  bench.taken();
  bench.write(buffer("'x'"), { topic: "a" });
  equal(bench.taken().length, 1);
});

test("a message that does not fit is refused as a whole, and fits later", (t) => {
  const bench = new Bench(t);
  bench.connect(1000);
  bench.socket.writable(100);
  bench.calls();
  const error = mqttError(() => bench.write(pattern(200), { topic: "a" }));
  deepEqual([error.kind, error.message], ["resource", "PUBLISH does not fit now: wait for onWritable"]);
  deepEqual(bench.taken(), []);
  bench.socket.writable(300);
  bench.write(pattern(200), { topic: "a" });
  equal(bench.taken().join(" "), `30 CB 01 00 01 61 ${hex(pattern(200))}`);
});

for (const [version, QoS, header] of [[4, 0, 6], [4, 1, 8], [5, 0, 12], [5, 2, 14]] as const)
  test(`version ${version}, QoS ${QoS}: a message fits as soon as the socket takes its ${header} bytes of header and the payload`, (t) => {
    const bench = new Bench(t, { version });
    bench.connect();
    const options = { topic: "a", QoS, properties: { messageExpiryInterval: 1 } };
    bench.socket.writable(header + 299);
    match(mqttError(() => bench.write(pattern(300), options)).message, /does not fit now/);
    bench.socket.writable(header + 300);
    bench.write(pattern(300), options);
    equal(bench.taken().join(" ").split(" ").length, header + 300);
  });

test("a message larger than send buffer and socket is refused: it must not be sent later from the caller's memory", (t) => {
  const bench = new Bench(t);
  bench.connect(1000);
  bench.socket.writable(1000);
  match(mqttError(() => bench.write(pattern(2000), { topic: "a" })).message, /does not fit now/);
  deepEqual(bench.taken(), []);
});

test("a part that does not fit is refused as a whole, and fits later", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(buffer("'x'"), { topic: "a", byteLength: 3 });
  bench.socket.writable(1);
  match(mqttError(() => bench.write(buffer("'yz'"))).message, /^data does not fit now: wait for onWritable$/);
  bench.socket.writable(2);
  bench.write(buffer("'yz'"));
  deepEqual(bench.taken(), ["30 06 00 01 61 78", "79 7A"]);
});

test("control messages that do not fit are refused", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.socket.writable(1);
  const items = [{ topic: "a" }];
  for (const operation of [MQTTClient.SUBSCRIBE, MQTTClient.UNSUBSCRIBE, MQTTClient.PINGREQ])
    match(mqttError(() => bench.write(null, { operation, items })).message, /^(SUBSCRIBE|UNSUBSCRIBE|PINGREQ) does not fit now: wait for onWritable$/);
  deepEqual(bench.taken(), []);
});

test("more QoS 1 publications than inFlight are refused until one is acknowledged", (t) => {
  const bench = new Bench(t, { inFlight: 1 });
  bench.connect();
  bench.write(null, { topic: "a", QoS: 1 });
  match(mqttError(() => bench.write(null, { topic: "b", QoS: 1 })).message, /does not fit now: wait for onWritable$/);
  bench.socket.receive("40 02 00 01");
  equal(bench.only("writable").length, 1);
  bench.write(null, { topic: "b", QoS: 1 });
  deepEqual(bench.taken(), ["32 05 00 01 61 00 01", "32 05 00 01 62 00 02"]);
});

const wrong: readonly (readonly [string, WriteOptions | undefined, RegExp])[] = [
  ["no options", undefined, /^options must be given/],
  ["no topic", {}, /^topic must be/],
  ["a wildcard topic", { topic: "a/+" }, /^topic must be/],
  ["QoS 3", { topic: "a", QoS: 3 as 2 }, /^qos must be a whole number from 0 to 2$/],
  ["an id of 0", { topic: "a", QoS: 1, id: 65_536 }, /^id must be a whole number from 1 to 65535$/],
  ["an id in flight", { topic: "a", QoS: 1, id: 77 }, /^id 77 must be another: it is in flight$/],
  ["a byteLength below that of the data", { topic: "a", byteLength: 0 }, /^byteLength must be a whole number from 1 to 268435455$/],
  ["a byteLength that is no whole number", { topic: "a", byteLength: 10.5 }, /^byteLength must be a whole number/],
  ["a SUBSCRIBE without items", { operation: MQTTClient.SUBSCRIBE }, /topic filter/],
  ["an UNSUBSCRIBE without items", { operation: MQTTClient.UNSUBSCRIBE }, /topic filter/],
  ["a wrong filter", { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "a/#/b" }] }, /^topic filter .* must/],
  ["a PUBACK by hand", { operation: MQTTClient.PUBACK }, /^operation must be PUBLISH, PUBREL, SUBSCRIBE,/],
  ["AUTH in MQTT 3.1.1", { operation: MQTTClient.AUTH }, /^operation must be/],
];
for (const [name, options, message] of wrong)
  test(`write refuses ${name} and sends nothing`, (t) => {
    const bench = new Bench(t);
    bench.connect();
    bench.write(null, { topic: "a", QoS: 1, id: 77 });
    bench.taken();
    refused(() => bench.write(buffer("'x'"), options), message);
    deepEqual(bench.taken(), []);
    bench.write(buffer("'x'"), { topic: "a" });
    deepEqual(bench.taken(), ["30 04 00 01 61 78"]);
  });

test("UNSUBSCRIBE and PINGREQ are sent as asked", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: "frogs" }, { topic: "a" }], id: 9 });
  bench.write(null, { operation: MQTTClient.PINGREQ });
  deepEqual(bench.taken(), ["A2 0C 00 09 00 05 66 72 6F 67 73 00 01 61", "C0 00"]);
});

test("after a DISCONNECT nothing more can be written", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(null, { operation: MQTTClient.DISCONNECT });
  equal(mqttError(() => bench.write(null, { topic: "a" })).kind, "configuration");
});

test("a message whose end finds no room, because a record took more than its bytes, goes on when there is room", (t) => {
  const bench = new Bench(t);
  bench.connect();
  const { socket } = bench;
  const write = socket.write.bind(socket);
  let room = 2000;
  // As TLS does it: each write takes 29 bytes more.
  socket.write = (data): number => {
    write(data);
    return (room = Math.max(room - data.length - 29, 0));
  };
  socket.writable(room);
  bench.write(pattern(1990), { topic: "a" });
  room = 2000;
  socket.writable(room);
  const [header = "", ...parts] = bench.taken();
  equal(header, "30 C9 0F 00 01 61");
  equal(parts.join(" "), hex(pattern(1990)));
});
