/** Wrong arguments of `report` are named before anything is opened. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { report } from "../../src/client/report.js";
import { MqttError } from "../../src/protocol/error.js";
import { FakeNetwork } from "./fake-network.js";

const good = [{ topic: "a", payload: "x" }];
const { provider } = new FakeNetwork();

/** Arguments as somebody without TypeScript may write them, and what is said. */
const wrong: readonly (readonly [target: unknown, messages: unknown, options: unknown, message: RegExp])[] = [
  ["http://broker.local", good, provider, /^the URL "http:\/\/broker\.local" must be like mqtt\[s\]:/],
  [undefined, good, provider, /^host must be the name or address of a broker$/],
  [{}, good, provider, /^host must be/],
  [{ host: 7 }, good, provider, /^host must be/],
  ["mqtt://b", good, { ...provider, port: 0 }, /^port must be a whole number from 1 to 65535$/],
  ["mqtt://b", good, { ...provider, timeout: 0 }, /^timeout must be a whole number from 1 to 65535000$/],
  ["mqtt://b", good, { ...provider, timeout: 65_535_001 }, /^timeout must be/],
  ["mqtt://b", good, { ...provider, timeOut: 1 }, /^the option timeOut must be one of host, port, secure, id, user, password, timeout, socket, dns, io$/],
  [{ hots: "b" }, good, provider, /^the option hots must be one of/],
  ["mqtt://b", good, { ...provider, id: 1 }, /^id must be a string/],
  ["mqtt://b", good, { ...provider, id: "a\0" }, /^id must be a string without NUL/],
  ["mqtt://b", good, { ...provider, user: "\ud800" }, /^user must be/],
  ["mqtt://b", good, { ...provider, user: "u".repeat(65_536) }, /^user must be at most 65535 bytes long$/],
  ["mqtt://b", good, { ...provider, password: 1 }, /^password must be a string, a Uint8Array or an ArrayBuffer$/],
  ["mqtt://b", good, { ...provider, password: new Uint8Array(65_536) }, /^password must be at most 65535 bytes long$/],
  ["mqtt://b", good, undefined, /^socket and dns must be given, each \{io: class\}/],
  ["mqtt://b", good, { socket: {}, dns: {} }, /^socket and dns must be/],
  ["mqtt://b", undefined, provider, /^messages must be an array of at most 65535$/],
  ["mqtt://b", good[0], provider, /^messages must be/],
  ["mqtt://b", new Array(65_536).fill(good[0]), provider, /^messages must be/],
  ["mqtt://b", [undefined], provider, /^topic must be/],
  ["mqtt://b", [{ payload: "x" }], provider, /^topic must be a string without NUL, a topic without \+ and #$/],
  ["mqtt://b", [{ topic: "", payload: "x" }], provider, /^topic must be/],
  ["mqtt://b", [{ topic: "a/+", payload: "x" }], provider, /^topic must be/],
  ["mqtt://b", [{ topic: "a/#", payload: "x" }], provider, /^topic must be/],
  ["mqtt://b", [{ topic: "a\0", payload: "x" }], provider, /^topic must be/],
  ["mqtt://b", [{ topic: "\udc00", payload: "x" }], provider, /^topic must be/],
  ["mqtt://b", [{ topic: "t".repeat(65_536), payload: "x" }], provider, /^topic must be at most 65535 bytes long$/],
  ["mqtt://b", [{ topic: "a" }], provider, /^payload must be a string, a Uint8Array or an ArrayBuffer$/],
  ["mqtt://b", [{ topic: "a", payload: 21.5 }], provider, /^payload must be/],
  ["mqtt://b", [{ topic: "a", payload: "x", qos: 2 }], provider, /^qos must be 0 or 1: 2 needs connect\(\)$/],
  ["mqtt://b", [{ topic: "a", payload: "x", qos: "1" }], provider, /^qos must be/],
  ["mqtt://b", [...good, { topic: "a", payload: "x", retained: true }], provider, /^message option retained must be one of topic, payload, qos, retain$/],
];

for (const [index, [target, messages, options, message]] of wrong.entries())
  test(`wrong arguments, ${index}: ${String(message)}`, async () => {
    // What JavaScript passes.
    const call = report as (...values: readonly unknown[]) => Promise<void>;
    await rejects(call(target, messages, options), (error) => {
      ok(error instanceof MqttError, String(error));
      equal(error.kind, "configuration");
      match(error.message, message);
      return true;
    });
  });

test("the longest strings and the longest timeout are no mistake", () => {
  const network = new FakeNetwork();
  const done = report("mqtt://192.0.2.1", [{ topic: "t".repeat(65_535), payload: "😀" }], { ...network.provider, user: "u".repeat(65_535), timeout: 65_535_000 });
  equal(network.sockets.length, 1);
  network.socket.fail();
  return rejects(done);
});

test("options that are null or undefined count as left out", () => {
  const network = new FakeNetwork();
  const done = report({ host: "192.0.2.1", ...network.provider }, good, JSON.parse('{"port": null, "id": null, "user": null}') as object);
  deepEqual([network.socket.options.port, network.socket.options.host], [1883, "192.0.2.1"]);
  network.socket.fail();
  return rejects(done);
});

test("a URL gives user, password and port; TLS has a port of its own", async () => {
  const network = new FakeNetwork();
  for (const [url, port] of [["mqtt://u:p@192.0.2.1:1884", 1884], ["mqtts://192.0.2.1", 8883], ["mqtts://192.0.2.1:1", 1]] as const) {
    const done = report(url, good, network.provider);
    equal(network.socket.options.port, port);
    network.socket.fail();
    await rejects(done);
  }
});
