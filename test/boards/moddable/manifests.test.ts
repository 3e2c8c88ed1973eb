import { deepEqual, ok } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../../boards/simulator/tools/paths.js";
import { closure } from "../../closure.js";

interface Manifest {
  readonly modules: Readonly<Record<string, string>>;
  readonly preload: readonly string[];
}

async function manifest(name: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(projectRoot, name), "utf8")) as Manifest;
}

test("the manifest of the sources has all that the library imports, and preloads it", async () => {
  const { modules, preload } = await manifest("manifest-sources.json");
  const root = join(projectRoot, "build/js");
  const needed = [...await closure(root, join(root, "src/index"))];
  // The SDK's tools take an asterisk for one folder's files, and none for what is preloaded.
  const folders = [...new Set(needed.map(dirname))].filter((folder) => folder !== "src").sort();
  deepEqual(Object.keys(modules).filter((name) => name.endsWith("*")), folders.map((folder) => `xs-mqtt/${folder}/*`));
  const named = Object.keys(modules).filter((name) => !/[*~]|src/.test(name));
  deepEqual([...preload].sort(), [...needed.map((module) => `xs-mqtt/${module}`), ...named].sort());
});

test("both manifests for programs give the same modules, and leave out the SDK's client", async () => {
  const [bundled, sources] = await Promise.all([manifest("manifest-client.json"), manifest("manifest-sources.json")]);
  for (const name of Object.keys(bundled.modules)) deepEqual(name in sources.modules, true, name);
  deepEqual(bundled.modules["~"], sources.modules["~"]);
});

test("all that the manifests in the npm package name is in it", async () => {
  const { files } = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8")) as { readonly files: readonly string[] };
  for (const name of files.filter((file) => file.endsWith(".json"))) {
    const text = await readFile(join(projectRoot, name), "utf8");
    for (const [, path = ""] of text.matchAll(/"\.\/([^"]+)"/g)) ok(files.some((file) => `${path}/`.startsWith(`${file}/`)), `${name} names ${path}`);
  }
});
