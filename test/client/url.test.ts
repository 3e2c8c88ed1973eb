import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { parseUrl } from "../../src/client/url.js";
import { refused } from "../protocol/support/encoding.js";

const nothing = { secure: false, port: undefined, user: undefined, password: undefined };
const good: readonly (readonly [string, ReturnType<typeof parseUrl>])[] = [
  ["mqtt://broker.local", { ...nothing, host: "broker.local" }],
  ["mqtt://broker.local/", { ...nothing, host: "broker.local" }],
  ["mqtts://broker.local", { ...nothing, secure: true, host: "broker.local" }],
  ["mqtt://192.0.2.1:1884", { ...nothing, host: "192.0.2.1", port: 1884 }],
  ["mqtt://[2001:db8::1]", { ...nothing, host: "2001:db8::1" }],
  ["mqtts://[::1]:8884/", { ...nothing, secure: true, host: "::1", port: 8884 }],
  ["mqtt://user@host", { ...nothing, host: "host", user: "user" }],
  ["mqtt://user:secret@host:1", { ...nothing, host: "host", port: 1, user: "user", password: "secret" }],
  ["mqtt://a%40b:c%3Ad%2f@host", { ...nothing, host: "host", user: "a@b", password: "c:d/" }],
  ["mqtt://:secret@host", { ...nothing, host: "host", user: "", password: "secret" }],
];
for (const [url, parts] of good) test(`${url} is taken apart`, () => deepEqual(parseUrl(url), parts));

const bad = [
  "", "broker.local", "http://broker.local", "mqtt:/broker.local", "mqtt://", "mqtt://:1883", "mqtt://host:port", "mqtt://host:123456", "mqtt://host/path",
  "mqtt://host?x=1", "mqtt://2001:db8::1", "mqtt://[2001:db8::1", "mqtt://a b@c@d", "ws://host",
];
for (const url of bad) test(`"${url}" is refused with an example`, () => refused(() => parseUrl(url), /^the URL ".*" must be like mqtt\[s\]:\/\/\[user:password@\]host\[:port\], with %40 for an @$/));

test("a wrong URL is quoted without its password", () => {
  refused(() => parseUrl("mqtt://user:secret@host/path"), /^the URL "mqtt:\/\/\.\.\.@host\/path" must be/);
});

test("a user name with a wrong escape is refused", () => {
  refused(() => parseUrl("mqtt://a%zz:secret@host"), /^the URL "mqtt:\/\/\.\.\.@host" must be .* with %40 for an @$/);
});
