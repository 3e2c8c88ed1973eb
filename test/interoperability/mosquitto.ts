import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBroker } from "../../boards/simulator/tools/broker.js";
import { freePort } from "../../boards/simulator/tools/free-port.js";
import { keyOf, type Listener, type Running } from "./listeners.js";

/** Starts mosquitto with all listeners. */
export async function startMosquitto(listeners: ReadonlyMap<string, Listener>): Promise<Running> {
  const directory = await mkdtemp(join(tmpdir(), "xs-mqtt-interoperability-"));
  const ports = new Map<string, number>();
  const settings: string[] = [];
  for (const [key, { webSocket, credentials }] of listeners) {
    // The broker's own listener.
    if (key === keyOf("mqtt")) continue;
    const port = await freePort();
    ports.set(key, port);
    settings.push(`listener ${port} 127.0.0.1`);
    if (webSocket) settings.push("protocol websockets");
    if (credentials === undefined) continue;
    for (const [option, text] of [["certfile", credentials.certificate], ["keyfile", credentials.key]] as const) {
      const file = join(directory, `${port}-${option}.pem`);
      await writeFile(file, text, { mode: 0o600 });
      settings.push(`${option} ${file}`);
    }
  }
  const broker = await startBroker({ kind: "mosquitto", settings });
  ports.set(keyOf("mqtt"), broker.port);
  return {
    ports,
    async stop() {
      await broker.stop();
      await rm(directory, { recursive: true });
    },
  };
}
