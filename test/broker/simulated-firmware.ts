import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildHost } from "../../boards/simulator/tools/build-host.js";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { hostArguments, type SimulatorOptions } from "../../boards/simulator/tools/simulator.js";

/** An event of the firmware, as it writes it. */
export type FirmwareEvent = Readonly<Record<string, unknown>>;

/** The sensor node in a simulator process of its own, with an ESP32's memory. */
export class SimulatedFirmware {
  readonly events: FirmwareEvent[] = [];
  readonly #child: ChildProcess;
  #changed: () => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error("the simulator has no output");
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.events.push(JSON.parse(line) as FirmwareEvent);
      this.#changed();
    });
  }

  /** @param more - clock and world of the simulator, where they are not the usual ones. */
  static async boot(config: Readonly<Record<string, unknown>>, more: Pick<SimulatorOptions, "clock" | "worldArgs"> = {}): Promise<SimulatedFirmware> {
    const host = await buildHost({ quiet: true });
    const file = (name: string): string => join(projectRoot, "build", name);
    return new SimulatedFirmware(
      spawn(host.path, hostArguments({ main: file("device.js"), heap: "esp32", preload: { firmware: file("firmware.js"), "xs-mqtt/web-socket": file("web-socket.js") }, world: file("world.js"), config: { ...config }, ...more }), {
        stdio: ["ignore", "pipe", "inherit"],
      }),
    );
  }

  /** Waits until an event of a kind has come so many times. @returns the last of them. */
  async event(name: string, times = 1): Promise<FirmwareEvent> {
    for (;;) {
      const found = this.events.filter((event) => event["event"] === name)[times - 1];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  /** Ends the process: SIGTERM lets the node say goodbye, SIGKILL is a pulled plug. @returns the exit code. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    this.#child.kill(signal);
    await once(this.#child, "close");
    return this.#child.exitCode;
  }
}
