/** The sources of the library as mcconfig compiles them itself, in a program in TypeScript. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { writeProject } from "../../boards/tools/project.js";
import { buildForSimulator, programFolder } from "./build.js";
import { observingProgram, type Proof } from "./proofs.js";

const name = "sources";

const compiler = join(projectRoot, "node_modules/.bin/tsc");

const program = `import config from "mc/config";
import MQTTClient from "embedded:network/mqtt/client";
import { connect, type Message } from "xs-mqtt";

const client = connect(String(config.broker));
async function answer(message: Message): Promise<void> {
  await client.publish("sources/answer", \`to \${message.text()}, \${MQTTClient.AUTH}\`, { qos: 1 });
}

const subscribed = client.subscribe("sources/question", { qos: 1 }, answer);
subscribed.then(() => client.publish("sources/status", "online", { qos: 1 })).catch((error: unknown) => trace(String(error), "\\n"));
`;

/** Type by type in each of about 90 runs of the compiler takes minutes: it is done once, for all that the program imports. */
const quick = `"${compiler}" --noCheck --noResolve`;

export const sourcesRun: Proof = async (bench) => {
  const main = join((await writeProject("tests", name, {})).manifest, "../main.ts");
  await writeFile(main, program);
  const built = await buildForSimulator(bench.sdk, name, {
    include: [join(projectRoot, "manifest-sources.json")],
    modules: { main: main.replace(/\.ts$/, "") },
    typescript: { compiler: quick },
    config: { broker: bench.broker.url },
  });
  // With the bundle the program is compiled, too, by the same types.
  await buildForSimulator(bench.sdk, `${name}-bundle`, {
    include: [join(projectRoot, "manifest-client.json")],
    modules: { main: main.replace(/\.ts$/, "") },
    typescript: { compiler: `"${compiler}"` },
    config: { broker: bench.broker.url },
  });
  // The settings that mcconfig has made of its own and the manifests'.
  for (const module of ["main", "xs-mqtt", "xs-mqtt/network", "embedded:network/mqtt/client"])
    await check(join(programFolder(name), "modules", `${module.replace("embedded:", "~.embedded/")}-tsconfig.json`));
  await observingProgram(bench, built, async (see, observer) => {
    assert.equal(await see("sources/status"), "online");
    await observer.publish("sources/question", "you", { qos: 1 });
    assert.equal(await see("sources/answer"), "to you, 15");
  });
  return "a program in TypeScript on the library's TypeScript sources, compiled by mcconfig with the SDK's typings (`manifest-sources.json`)";
};

/** @throws Error with what the compiler said. */
async function check(configuration: string): Promise<void> {
  try {
    await promisify(execFile)(compiler, ["-p", configuration, "--noEmit"]);
  } catch (error) {
    throw new Error(`tsc -p ${configuration} failed:\n${(error as { readonly stdout?: string }).stdout ?? ""}`, { cause: error });
  }
}
