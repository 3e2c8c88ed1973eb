/** What the firmware needs beyond TCP: parts that are only in a build whose broker asks for them. */
import { join } from "node:path";
import { projectRoot } from "../simulator/tools/paths.js";

/** Manifests by the schemes that need them. */
const parts = { "manifest-tls.json": /^(mqtts|wss):/, "manifest-websocket.json": /^wss?:/ };

/** @param broker URL of the broker. @returns paths of manifests to include behind the firmware's. */
export function transports(broker: unknown): readonly string[] {
  return Object.entries(parts).filter(([, schemes]) => typeof broker === "string" && schemes.test(broker)).map(([file]) => join(projectRoot, file));
}
