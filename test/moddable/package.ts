/** The npm package as its users have it: packed, installed into an app of its own, built by mcpack. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import type { Sdk } from "../../boards/tools/sdk.js";
import { packForSimulator, tool } from "./build.js";
import { observingProgram, type Proof } from "./proofs.js";

const name = "xs-mqtt-app";

/** All that the app has. */
const files = {
  "package.json": JSON.stringify({ name, version: "1.0.0", type: "module", exports: "./main.js" }),
  "main.js": `import config from "mc/config";
import { connect } from "xs-mqtt";

const client = connect(config.broker);
await client.subscribe("app/question", { qos: 1 }, (message) => client.publish("app/answer", "to " + message.text(), { qos: 1 }));
await client.publish("app/status", "online", { qos: 1 });
`,
};

/** Nothing is loaded from the registry: what the package needs on Node is installed from here. */
async function install(sdk: Sdk, app: string): Promise<void> {
  for (const [file, text] of Object.entries(files)) await writeFile(join(app, file), text);
  await tool(sdk, "npm", ["pack", "--silent", "--pack-destination", app]);
  const packed = (await readdir(app)).filter((file) => file.endsWith(".tgz")).map((file) => `./${file}`);
  await tool(sdk, "npm", ["install", "--offline", "--no-audit", "--no-fund", ...packed, join(projectRoot, "node_modules/ws")], app);
}

export const packageRuns: Proof = async (bench) => {
  const app = await mkdtemp(join(tmpdir(), "xs-mqtt-app-"));
  try {
    await install(bench.sdk, app);
    const program = await packForSimulator(bench.sdk, app, name, [`broker=${bench.broker.url}`]);
    await observingProgram(bench, program, async (see, observer) => {
      assert.equal(await see("app/status"), "online");
      await observer.publish("app/question", "you", { qos: 1 });
      assert.equal(await see("app/answer"), "to you");
    });
  } finally {
    await rm(app, { recursive: true });
  }
  return "an app of two files that has `import { connect } from \"xs-mqtt\"`, from the packed npm package, built by `mcpack mcconfig -m -p lin`";
};
