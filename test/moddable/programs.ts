/** What the proof builds for Moddable's simulator. */
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";

type Manifest = Readonly<Record<string, unknown>>;

/** The firmware with the sensor of our own simulator. */
export function firmware(broker: string): Manifest {
  return { include: [join(projectRoot, "manifest.json")], config: { broker, node: "sim", interval: 1 } };
}

/** An example of the SDK, unmodified, on our client in place of the SDK's. */
export function sdkExample(name: "mqtt" | "mqttclient", port: number): Manifest {
  const examples = "$(MODDABLE)/examples/io/tcp";
  return {
    include: ["$(MODDABLE)/examples/manifest_base.json", `${examples}/${name}/manifest_${name}.json`, join(projectRoot, "manifest-client.json")],
    modules: {
      "~": [`${examples}/mqttclient/mqttclient`, `${examples}/mqttclient/config`],
      "*": [`${examples}/${name}/main`, ...(name === "mqtt" ? [`${examples}/mqtt/data`] : [])],
      "mqttclient/config": join(projectRoot, "test/moddable/sdk-example/network"),
    },
    config: { port },
  };
}
