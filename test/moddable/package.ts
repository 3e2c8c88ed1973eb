/** The npm package as its users have it: packed, installed into an app of its own, built by mcpack. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import type { Sdk } from "../../boards/tools/sdk.js";
import { Authority } from "../broker/certificates.js";
import { packForSimulator, tool } from "./build.js";
import { observingProgram, type Proof } from "./proofs.js";
import { derOf } from "./servers.js";
import { withTransports } from "./transports.js";

const name = "xs-mqtt-app";

/** The app, but for its manifest and the certificate of the broker's authority. */
const files = {
  "package.json": JSON.stringify({ name, version: "1.0.0", type: "module", exports: "./main.js" }),
  "main.js": `import WebSocketClient from "embedded:network/websocket/client";
import config from "mc/config";
import { connect, webSocket } from "xs-mqtt";

const client = connect(config.broker);
await client.subscribe("app/question", { qos: 1 }, (message) => client.publish("app/answer", "to " + message.text(), { qos: 1 }));
await client.publish("app/status", "online", { qos: 1 });
for (const [name, url] of Object.entries(config.brokers)) {
  const { mqtt, mqtts } = device.network;
  const target = url.startsWith("ws") ? webSocket(url, { io: WebSocketClient, ...(url.startsWith("wss") ? mqtts : mqtt) }) : url;
  await connect(target).publish("app/" + name, "online", { qos: 1 });
}
`,
};

/** @param brokers - URLs by name. */
const manifest = (brokers: Readonly<Record<string, string>>): string => JSON.stringify({
  include: ["./node_modules/xs-mqtt/manifest-tls.json", "./node_modules/xs-mqtt/manifest-websocket-client.json"],
  resources: { "*": "./broker-ca" },
  config: { brokers },
  creation: { stack: 1024, heap: { initial: 4096 } },
});

/** Nothing is loaded from the registry: what the package needs on Node is installed from here. */
async function install(sdk: Sdk, app: string, authority: Authority): Promise<void> {
  await writeFile(join(app, "broker-ca.der"), derOf(authority.certificate));
  for (const [file, text] of Object.entries(files)) await writeFile(join(app, file), text);
  await tool(sdk, "npm", ["pack", "--silent", "--pack-destination", app]);
  const packed = (await readdir(app)).filter((file) => file.endsWith(".tgz")).map((file) => `./${file}`);
  await tool(sdk, "npm", ["install", "--offline", "--no-audit", "--no-fund", ...packed, join(projectRoot, "node_modules/ws")], app);
}

export const packageRuns: Proof = async (bench) => {
  const app = await mkdtemp(join(tmpdir(), "xs-mqtt-app-"));
  const authority = new Authority();
  try {
    await install(bench.sdk, app, authority);
    await withTransports(bench, authority.issue("127.0.0.1"), async (inside, ports) => {
      const brokers = Object.fromEntries(Object.entries(ports).map(([scheme, port]) => [scheme, `${scheme}://127.0.0.1:${port}`]));
      await writeFile(join(app, "manifest.json"), manifest(brokers));
      const program = await packForSimulator(bench.sdk, app, name, [`broker=${inside.broker.url}`]);
      await observingProgram(inside, program, async (see, observer) => {
        assert.equal(await see("app/status"), "online");
        await observer.publish("app/question", "you", { qos: 1 });
        assert.equal(await see("app/answer"), "to you");
        for (const scheme of Object.keys(ports)) assert.equal(await see(`app/${scheme}`), "online");
      });
    });
  } finally {
    await rm(app, { recursive: true });
  }
  return "an app that has `import { connect } from \"xs-mqtt\"`, from the packed npm package, built by `mcpack mcconfig -m -p lin`: connects with `mqtt://`, and by a line in its manifest for each with `mqtts://` (with the certificate of the authority), `ws://` and `wss://`";
};
