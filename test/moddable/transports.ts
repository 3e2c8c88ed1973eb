/** TLS and WebSocket with the SDK's own modules, in Moddable's simulator. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBroker } from "../../boards/simulator/tools/broker.js";
import { freePort } from "../../boards/simulator/tools/free-port.js";
import { Authority } from "../broker/certificates.js";
import { buildForSimulator } from "./build.js";
import { firmware, secureClient } from "./programs.js";
import { observing, observingProgram, type Bench, type Proof } from "./proofs.js";
import { derOf, startServers } from "./servers.js";

/** Refused for a certificate: 135 is Not authorized (0x87), after which the client waits long; for anything else 128. */
const refusals: Readonly<Record<string, RegExp>> = {
  foreign: /^135 cannot connect .* from an authority that is not trusted here/,
  forged: /^135 cannot connect .* from an authority that is not trusted here/,
  impostor: /^135 cannot connect .* from an authority that is not trusted here/,
  name: /^135 cannot connect .* the certificate is for elsewhere\.test, not for 127\.0\.0\.1/,
  expired: /^135 cannot connect .* expired on /,
  unsigned: /^128 cannot connect .* the key exchange is not signed as it was asked for/,
  alert: /^128 cannot connect .* the server ended the TLS handshake/,
};

export const certificatesAreChecked: Proof = async (bench) => {
  const servers = await startServers();
  try {
    await withTransports(bench, servers.authority.issue("127.0.0.1"), async (_inside, { mqtts }) => {
      const manifest = secureClient(bench.broker.url, { ...servers.ports, good: mqtts });
      const program = await buildForSimulator(bench.sdk, "secure", manifest, { "broker-ca.der": derOf(servers.authority.certificate) });
      await observingProgram(bench, program, async (see) => {
        for (const [name, message] of Object.entries(refusals)) assert.match(await see(`tls/${name}`), message, name);
        assert.equal(await see("tls/good"), "connected");
      });
    });
    assert.deepEqual(servers.leaked, []);
  } finally {
    servers.stop();
  }
  return "the client over the SDK's TLS socket: mosquitto with a certificate of the right authority is accepted; refused, and told as such, are a foreign authority, a certificate that somebody made himself in front of the right authority's, another name, an expired one, a server without the key of its certificate, and an alert before the keys; none of these servers gets a byte of MQTT";
};

export const firmwareUsesTransports: Proof = async (bench) => {
  const authority = new Authority();
  await withTransports(bench, authority.issue("127.0.0.1"), async (inside, ports) => {
    for (const scheme of ["mqtts", "ws", "wss"] as const) {
      const manifest = firmware(`${scheme}://127.0.0.1:${ports[scheme]}`, ["manifest-tls.json", "manifest-websocket.json"]);
      await observing(inside, "firmware-transports", manifest, async (see, observer) => {
        await see("xs-mqtt/sim/telemetry");
        await observer.publish("xs-mqtt/sim/command/identify", "", { qos: 1 });
        assert.match(await see("xs-mqtt/sim/response/identify"), /"mqtt":5,/);
      }, { "broker-ca.der": derOf(authority.certificate) });
    }
  });
  return "the firmware with `mqtts://`, `ws://` and `wss://` (the SDK's TLS socket and WebSocket client): telemetry arrives, `identify` is answered";
};

type Ports = Readonly<Record<"mqtts" | "ws" | "wss", number>>;

/** Runs a broker with listeners for TLS and WebSocket, too, in place of the bench's own. */
export async function withTransports(bench: Bench, { certificate, key }: { readonly certificate: string; readonly key: string }, use: (inside: Bench, ports: Ports) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "xs-mqtt-transports-"));
  writeFileSync(join(directory, "certificate.pem"), certificate);
  writeFileSync(join(directory, "key.pem"), key, { mode: 0o600 });
  const tls = [`certfile ${join(directory, "certificate.pem")}`, `keyfile ${join(directory, "key.pem")}`];
  const ports = { mqtts: await freePort(), ws: await freePort(), wss: await freePort() };
  const settings = [
    `listener ${ports.mqtts} 127.0.0.1`, ...tls, `listener ${ports.ws} 127.0.0.1`, "protocol websockets", `listener ${ports.wss} 127.0.0.1`, "protocol websockets", ...tls,
  ];
  const broker = await startBroker({ kind: "mosquitto", settings });
  try {
    await use({ ...bench, broker }, ports);
  } finally {
    await broker.stop();
    rmSync(directory, { recursive: true });
  }
}
