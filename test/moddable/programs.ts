/** What the proof builds for Moddable's simulator. */
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";

type Manifest = Readonly<Record<string, unknown>>;

/** The firmware with the sensor of our own simulator. @param parts - manifests of what goes with it. */
export function firmware(broker: string, parts: readonly string[] = []): Manifest {
  return { include: ["manifest.json", ...parts].map((file) => join(projectRoot, file)), config: { broker, node: "sim", interval: 1 } };
}

/** A program that connects with TLS to servers by name and port, and tells a broker what came of it. */
export function secureClient(broker: string, servers: Readonly<Record<string, number>>): Manifest {
  return {
    include: ["manifest-client.json", "manifest-tls.json"].map((file) => join(projectRoot, file)),
    modules: { main: join(projectRoot, "test/moddable/secure/main") },
    config: { broker, servers },
    creation: { stack: 1024, heap: { initial: 4096 } },
  };
}

/** The modules of the program that measures. @param meter - by the means of which host. */
export function measuringProgram(meter: "sdk-meter" | "simulator-meter"): { readonly main: string; readonly meter: string } {
  const folder = join(projectRoot, "test/moddable/figures");
  return { main: join(folder, "main"), meter: join(folder, meter) };
}

/** The program that measures, with the SDK's instruments. */
export function measuredClient(broker: string): Manifest {
  return {
    include: [join(projectRoot, "manifest-client.json"), ...["instrumentation", "debug"].map((name) => `$(MODULES)/base/${name}/manifest.json`)],
    modules: measuringProgram("sdk-meter"),
    config: { broker },
    creation: { stack: 1024, heap: { initial: 4096 } },
  };
}

/**
 * An example of the SDK, unmodified, on our client: one line more, that includes it. Only the network is another, where every name is the
 * broker of the test.
 * @param folder - below `examples/io/tcp`.
 * @param network - the example's modules that give `device` its network: the first is replaced.
 */
export function sdkExample(folder: string, network: Readonly<Record<string, string>>, port: number): Manifest {
  const examples = "$(MODDABLE)/examples/io/tcp";
  return {
    include: [`${examples}/${folder}/manifest.json`, join(projectRoot, "manifest-client.json")],
    modules: {
      "~": Object.values(network).map((path) => `${examples}/${path}`),
      ...Object.fromEntries(Object.keys(network).slice(0, 1).map((name) => [name, join(projectRoot, "test/moddable/sdk-example/network")])),
    },
    config: { port },
  };
}
