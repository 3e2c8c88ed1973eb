/** Bundles of what a module needs and nothing else, as small as terser makes it. */
import { join } from "node:path";
import { rollup } from "rollup";
import { minify } from "terser";
import { deviceInput, minifyForDevice } from "../../boards/simulator/tools/device-code.js";
import { projectRoot } from "../../boards/simulator/tools/paths.js";

const compiled = join(projectRoot, "build/js");

/** Where a bundle is to run: what the host has, and files for specifiers. */
export interface Target {
  readonly external: readonly (string | RegExp)[];
  readonly files: Readonly<Record<string, string>>;
}

/** A device with XS. */
export const device: Target = {
  external: [/^embedded:/, "timer", "time", "mc/config", "Resource"],
  files: { "xs-mqtt": "src/index.js" },
};

/** Node. */
export const node: Target = {
  external: [/^node:/, "ws"],
  files: { "xs-mqtt/node": "boards/node/index.js", timer: "boards/node/timer.js", time: "boards/node/time.js" },
};

const ENTRY = "\0entry";

/**
 * Bundles and minifies.
 * @param entry a module's text, e.g. `export { connect } from "xs-mqtt"`.
 */
export async function bundleText(entry: string, target: Target = device): Promise<string> {
  const text = await bundlePlain(entry, target);
  return await (target === node ? minifyForNode(text) : minifyForDevice(text));
}

/** Bundles and leaves the text as it was written. */
export async function bundlePlain(entry: string, target: Target = device): Promise<string> {
  const bundle = await rollup({
    input: ENTRY,
    external: [...target.external],
    ...(target === device ? { treeshake: deviceInput.treeshake } : undefined),
    plugins: [
      ...(target === device ? [deviceInput.plugin] : []),
      {
        name: "bench",
        resolveId(source) {
          const file = target.files[source];
          return source === ENTRY ? ENTRY : file === undefined ? null : join(compiled, file);
        },
        load: (id) => (id === ENTRY ? entry : null),
      },
    ],
  });
  const { output: [chunk] } = await bundle.generate({ format: "es" });
  await bundle.close();
  return chunk.code;
}

async function minifyForNode(text: string): Promise<string> {
  const { code } = await minify(text, { module: true, ecma: 2020, compress: { passes: 3 }, format: { comments: false } });
  if (code === undefined) throw new Error("terser gave nothing");
  return code;
}
