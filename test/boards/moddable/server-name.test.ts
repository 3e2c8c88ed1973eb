import { equal } from "node:assert/strict";
import { test } from "node:test";
import { isAddressOf, isNameOf } from "../../../boards/moddable/tls/server-name.js";

const names: readonly (readonly [server: string, certified: string, fits: boolean])[] = [
  ["broker.local", "broker.local", true],
  ["Broker.Local", "broker.LOCAL", true],
  ["broker.local", "broker.locale", false],
  ["a.broker.test", "broker.test", false],
  ["a.example.test", "*.example.test", true],
  ["a.b.example.test", "*.example.test", false],
  ["example.test", "*.example.test", false],
  ["broker.test", "*.test", false],
  ["broker", "*", false],
  ["a.example.test", "a*.example.test", false],
  ["*.example.test", "*.*.test", false],
  [".example.test", "*.example.test", false],
  ["192.0.2.1", "*.0.2.1", false],
];

for (const [server, certified, fits] of names)
  test(`a certificate for ${certified} is ${fits ? "" : "not "}one for ${server}`, () => equal(isNameOf(server, certified), fits));

test("an address is compared with one of four bytes", () => {
  equal(isAddressOf("192.0.2.1", Uint8Array.of(192, 0, 2, 1).buffer), true);
  equal(isAddressOf("192.0.2.1", Uint8Array.of(192, 0, 2, 2).buffer), false);
  equal(isAddressOf("192.0.2.1", new Uint8Array(16).buffer), false);
  equal(isAddressOf("broker.local", Uint8Array.of(192, 0, 2, 1).buffer), false);
});
