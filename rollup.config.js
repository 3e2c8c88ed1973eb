/**
 * Bundles what tsc has put into build/js:
 *   dist/xs-mqtt.js    the library for XS
 *   dist/node.js       the library for Node
 *   build/firmware.js  the firmware, for the simulator to preload
 *   build/device.js    the simulated board's main module, over the firmware
 *   dist/mqtt-client.js, dist/program-network.js, build/moddable/  the binding to Moddable's SDK: see docs/decisions/0018-manifests-and-bundles.md
 *   dist/tls/         its TLS
 *   build/web-socket.js  its WebSocket, to preload, too
 *   build/world.js     what is outside the simulated chip
 * and copies the library's type declarations to dist/types.
 */
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deviceInput, minifyForDevice } from "./build/js/boards/simulator/tools/device-code.js";

const compiled = join(import.meta.dirname, "build/js");

/** Modules that the host of a device has. */
const device = [/^embedded:/, "timer", "time", "mc/config", "Resource", "simulator", "system", "ethernet", "net", "sntp", "modules", /^xs-mqtt(\/|$)/];

/** Modules of the SDK beneath its TLS socket. */
const crypto = [/^ssl\//, "bin", "crypt", "ecdsa", "pkcs1_5", "pkcs8", "x509"];

/** Resolves the named modules to files in build/js. */
const substitute = (files) => ({
  name: "substitute",
  resolveId: (source) => (source in files ? join(compiled, files[source]) : null),
});

/** Leaves the import of a file in build/js to a module of that name. */
const separate = (file, name) => ({
  name: `separate ${name}`,
  async resolveId(source, importer, options) {
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    return resolved?.id === join(compiled, file) ? { id: name, external: true } : resolved;
  },
});

/** Copies the type declarations of the given folders, and names those of the bundles for XS: TypeScript looks for them beside the bundles. */
const declarations = (folders) => ({
  name: "declarations",
  async writeBundle() {
    await rm("dist/types", { recursive: true, force: true });
    for (const folder of folders)
      await cp(join(compiled, folder), join("dist/types", folder), {
        recursive: true,
        filter: (path) => !path.endsWith(".js") && !path.endsWith(".map"),
      });
    await writeFile("dist/xs-mqtt.d.ts", 'export * from "./types/src/index.js";\n');
    await writeFile("dist/mqtt-client.d.ts", 'export { MQTTClient as default } from "./types/src/index.js";\n');
  },
});

/** Makes the code small for XS. */
const small = { ...deviceInput.plugin, renderChunk: minifyForDevice };

const bundle = (input, file, external, plugins = []) => ({
  ...(plugins.includes(small) ? { treeshake: deviceInput.treeshake } : undefined),
  input: join(compiled, input),
  output: { file, format: "es" },
  external,
  plugins,
});

export default [
  bundle("src/index.js", "dist/xs-mqtt.js", device, [small]),
  bundle("boards/node/index.js", "dist/node.js", [/^node:/, "ws"], [
    substitute({ timer: "boards/node/timer.js", time: "boards/node/time.js" }),
    declarations(["src", "boards/node"]),
  ]),
  bundle("src/node/main.js", "build/firmware.js", device, [small]),
  bundle("boards/simulator/device/main.js", "build/device.js", device, [
    separate("src/node/main.js", "firmware"), separate("boards/simulator/device/web-socket.js", "xs-mqtt/web-socket"),
  ]),
  bundle("boards/simulator/device/web-socket.js", "build/web-socket.js", device, [small]),
  bundle("boards/moddable/mqtt-client.js", "dist/mqtt-client.js", device),
  bundle("boards/moddable/network-up.js", "dist/network.js", device),
  bundle("boards/moddable/program-network.js", "dist/program-network.js", device),
  ...["network-wifi", "network-ethernet", "setup", "flash", "without-flash", "without-web-socket", "main", "desktop"].map((name) =>
    bundle(`boards/moddable/${name}.js`, `build/moddable/${name}.js`, device, [separate("src/node/main.js", "xs-mqtt/firmware")])),
  bundle("boards/moddable/web-socket.js", "build/moddable/web-socket.js", device, [small]),
  ...["tls", "certificates", "handshake", "without-tls"].map((name) =>
    bundle(`boards/moddable/tls/${name}.js`, `dist/tls/${name}.js`, [...device, ...crypto], [small])),
  bundle("boards/simulator/world/index.js", "build/world.js", device),
];
