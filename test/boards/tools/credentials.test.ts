import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { valuesOf } from "../../../boards/moddable/tls/der.js";
import { UsageError } from "../../../boards/simulator/tools/command-line.js";
import { readCredentials } from "../../../boards/tools/credentials.js";
import { transports } from "../../../boards/tools/transports.js";
import { Authority } from "../../broker/certificates.js";

const broker = "mqtts://broker.local";
const authority = new Authority();
const other = new Authority();
const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----.*-----|\n/g, ""), "base64");

/** Writes files for one test. @returns their paths by name. */
function files<Name extends string>(t: { after(callback: () => void): void }, contents: Readonly<Record<Name, string | Uint8Array>>): Record<Name, string> {
  const folder = mkdtempSync(join(tmpdir(), "xs-mqtt-credentials-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const paths: Partial<Record<Name, string>> = {};
  for (const name of Object.keys(contents) as Name[]) {
    const path = paths[name] = join(folder, name);
    writeFileSync(path, contents[name]);
  }
  return paths as Record<Name, string>;
}

test("certificates in PEM, with text around them, or in DER become DER one after another", (t) => {
  const { several, der } = files(t, { several: `# ours\n${authority.certificate}\n# theirs\n${other.certificate}`, der: derOf(authority.certificate) });
  const two = readCredentials(broker, { ca: several })["broker-ca.der"];
  assert.ok(two);
  assert.deepEqual(valuesOf(two).map((value) => Buffer.from(value)), [derOf(authority.certificate), derOf(other.certificate)]);
  assert.deepEqual(readCredentials("wss://broker.local", { ca: der }), { "broker-ca.der": derOf(authority.certificate) });
});

test("the device's own certificate comes with its key, as PKCS #8", (t) => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { ca, certificate, key } = files(t, { ca: authority.certificate, certificate: authority.issue("device").certificate, key: privateKey.export({ type: "pkcs1", format: "pem" }) });
  const credentials = readCredentials(broker, { ca, certificate, key });
  assert.deepEqual(Object.keys(credentials), ["broker-ca.der", "device-certificate.der", "device-key.der"]);
  assert.deepEqual(credentials["device-key.der"], privateKey.export({ type: "pkcs8", format: "der" }));
});

test("what is missing or wrong is said, without what is in the file", (t) => {
  const { ca, certificate, secret, elliptic } = files(t, {
    ca: authority.certificate, certificate: authority.issue("device").certificate, secret: "hunter2", elliptic: authority.issue("device").key,
  });
  const wrong: readonly (readonly [Parameters<typeof readCredentials>, RegExp])[] = [
    [[broker, {}], /^--ca FILE is missing/],
    [["mqtt://broker.local", { ca }], /are for a broker with TLS/],
    [[broker, { ca: "/nowhere" }], /^--ca \/nowhere: cannot be read$/],
    [[broker, { ca: secret }], /secret: must be a certificate in PEM or DER$/],
    [[broker, { ca, certificate }], /belong together/],
    [[broker, { ca, certificate, key: secret }], /secret: must be a private key/],
    [[broker, { ca, certificate, key: elliptic }], /elliptic: must be a key of RSA/],
  ];
  for (const [args, message] of wrong)
    assert.throws(() => readCredentials(...args), (error) => error instanceof UsageError && message.test(error.message) && !error.message.includes("hunter2"));
  assert.deepEqual(readCredentials("mqtt://broker.local", {}), {});
});

test("a broker's URL says which parts its build needs", () => {
  const needed = (url: unknown): string[] => transports(url).map((path) => basename(path));
  assert.deepEqual(needed("mqtt://a"), []);
  assert.deepEqual(needed(undefined), []);
  assert.deepEqual(needed("mqtts://a"), ["manifest-tls.json"]);
  assert.deepEqual(needed("ws://a"), ["manifest-websocket.json"]);
  assert.deepEqual(needed("wss://a"), ["manifest-tls.json", "manifest-websocket.json"]);
});
