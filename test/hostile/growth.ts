import { equal, ok } from "node:assert/strict";
import type { Socket } from "node:net";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { withServer } from "../boards/simulator/harness.js";

export interface Device {
  /** Options of `connect` beside a version of 5 and `clean: false`; null stands for the default. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Handlers return promises. */
  readonly slow?: boolean;
  /** Handlers ask for JSON. */
  readonly json?: boolean;
  readonly pieces?: boolean;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A Packet Identifier. */
export const identifier = (number: number): string => [number >> 8, number & 255].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

/** So many packets, as for `bytes`. */
export const each = (count: number, packet: (number: number) => string): string => numbers(count).map(packet).join(" ");

export const CONNACK = "20 03 00 00 00";
export const RESUMED = "20 03 01 00 00";

/** Runs the device in an ESP32's heap for 300 rounds and more: what lasts must not make it grow, by a byte. */
export async function attack(device: Device & { readonly batches: boolean }, onSocket: (socket: Socket) => void): Promise<void> {
  await withServer(onSocket, async (port) => {
    const { code, stdout, stderr } = await runSimulator({
      main: join(projectRoot, "test/hostile/programs/attacked.js"), args: [JSON.stringify({ port, ...device })],
      preload: { "xs-mqtt": join(projectRoot, "dist/xs-mqtt.js") }, heap: "esp32", quiet: true,
    });
    equal(code, 0, stderr + stdout);
    const { after10, after300 } = JSON.parse(stdout) as Readonly<Record<"after10" | "after300", number>>;
    ok(after10 > 0);
    equal(after300, after10);
  });
}

/** Each connection gets these bytes once its CONNECT has come, and is closed; a round each. */
export async function attackConnections(answer: (round: number) => Uint8Array, device: Device = {}): Promise<void> {
  let round = 0;
  await attack({ ...device, batches: false }, (socket) => {
    socket.once("data", () => socket.end(answer(round++)));
  });
}
