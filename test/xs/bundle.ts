import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rollup } from "rollup";

const compiled = fileURLToPath(new URL("..", import.meta.url));

/** What stands for Node's modules inside XS. */
const shims: Readonly<Record<string, string>> = {
  "node:test": join(compiled, "xs/node-test.js"),
  "node:assert/strict": join(compiled, "xs/node-assert.js"),
};

const ENTRY = "xs-tests";

/** The compiled test files of a folder that need neither Node nor a library: all but the properties. */
export function plainTests(folder: string): string[] {
  return readdirSync(join(compiled, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.js") && !path.endsWith(".property.test.js"))
    .sort()
    .map((path) => join(compiled, folder, path));
}

/** Bundles tests into one module for XS that exports `runTests`: to be preloaded, so that a collection finds little to look at. */
export async function bundleTests(files: readonly string[], output: string): Promise<void> {
  const imports = files.map((file) => `import ${JSON.stringify(file)};`).join("\n");
  const bundle = await rollup({
    input: ENTRY,
    external: ["time", "timer"],
    plugins: [
      {
        name: "xs-tests",
        resolveId: (source) => (source === ENTRY ? ENTRY : (shims[source] ?? null)),
        load: (id) => (id === ENTRY ? `${imports}\nexport { runTests } from "node:test";` : null),
      },
    ],
  });
  await bundle.write({ file: output, format: "es" });
  await bundle.close();
}
