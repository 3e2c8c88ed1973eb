/** The firmware on a device, and in Moddable's simulator: what happens is traced, as xsbug and a serial monitor show it. */
import type { Device } from "../../src/node/host.js";
import { start } from "../../src/node/main.js";
import openFlash from "xs-mqtt/flash";
import { route } from "xs-mqtt/web-socket";
import Modules from "modules";
import { setClock } from "./clock.js";
import "xs-mqtt/network";

declare const device: Device;

const line = (text: string): void => trace(`${text}\n`);

if (!openFlash) line("no flash on this host: session and readings do not outlive a restart");

try {
  start({
    device,
    setClock,
    load: (specifier) => (Modules.has(specifier) ? Modules.importNow(specifier) : undefined),
    ...(openFlash && { openFlash }),
    ...(route && { route }),
    onOnline: ({ node, mqtt, resumed }) => line(`online: ${node}, MQTT ${mqtt === 5 ? "5.0" : "3.1.1"}${resumed ? ", session resumed" : ""}`),
    onTelemetry: (topic, payload) => line(`${topic} ${payload}`),
    onOffline: (reason) => line(`offline: ${reason}`),
    onError: (message) => line(`error: ${message}`),
    ...(System.restart && { restart: System.restart }),
  });
} catch (error) {
  line(error instanceof Error ? error.message : String(error));
}
