/** What the proof builds for Moddable's simulator. */
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";

type Manifest = Readonly<Record<string, unknown>>;

/** The firmware with the sensor of our own simulator. */
export function firmware(broker: string): Manifest {
  return { include: [join(projectRoot, "manifest.json")], config: { broker, node: "sim", interval: 1 } };
}

/** The SDK's example of an MQTT client, unmodified, on our client in place of the SDK's. */
export function sdkExample(port: number): Manifest {
  const example = "$(MODDABLE)/examples/io/tcp/mqttclient";
  return {
    include: ["$(MODDABLE)/examples/manifest_base.json", `${example}/manifest_mqttclient.json`, join(projectRoot, "manifest-client.json")],
    modules: {
      "~": [`${example}/mqttclient`, `${example}/config`],
      "*": `${example}/main`,
      "mqttclient/config": join(projectRoot, "test/moddable/sdk-example/network"),
    },
    config: { port },
  };
}
