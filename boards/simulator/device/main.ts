/** The firmware in the simulator: what happens to the node is written as JSON lines, a signal stops it cleanly. */
import Flash from "embedded:storage/flash";
import { collect, emit, exit, measure, onSignal } from "simulator";
import type { Device } from "../../../src/node/host.js";
import { start } from "../../../src/node/main.js";
import type { SensorNode } from "../../../src/node/node.js";
import { route } from "./web-socket.js";

declare const device: Device;
declare const trace: (text: string) => void;

let node: SensorNode;
let name = "";

function boot(): void {
  node = start({
    device,
    route,
    openFlash: () => Flash.open({ path: "storage" }),
    onOnline: (info) => emit({ event: "online", ...info }),
    onTelemetry: (topic, payload) => {
      // What is in use, not what waits to be collected; and before this report adds to it.
      collect();
      const { slots, chunks, peakSlots, peakChunks, bits } = measure();
      emit({ event: "telemetry", node: name, topic, payload: JSON.parse(payload) as unknown });
      emit({ event: "memory", node: name, slots, chunks, peakSlots, peakChunks, bits });
    },
    onOffline: (reason) => emit({ event: "offline", node: name, reason }),
    onError: (message) => trace(`${message}\n`),
    restart: boot,
  });
  name = node.configuration.node;
}

onSignal(() => {
  void node.stop().then(() => {
    const { published, acknowledged, received } = node;
    emit({ event: "stopped", published, acknowledged, received });
    exit(0);
  });
});

boot();
