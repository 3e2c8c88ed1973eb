import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { spawnSimulator } from "../../boards/simulator/tools/simulator.js";
import { pipeOf } from "../../boards/simulator/tools/dependent-process.js";
import { Journal } from "../../src/storage/journal.js";
import { FakeFlash } from "../storage/fake-flash.js";
import { Random } from "../storage/random.js";

/** What test/xs/programs/kills.js writes. */
export type DeviceEvent =
  | { readonly event: "started"; readonly kept: number; readonly damaged: number; readonly foreign: boolean }
  | { readonly event: "online"; readonly resumed: boolean }
  | { readonly event: "accepted" | "received"; readonly qos: 1 | 2; readonly number: string }
  | { readonly event: "noted" }
  | { readonly event: "settled"; readonly refused: number }
  | { readonly event: "error"; readonly message: string };

/** Microseconds for 16 bytes written or 256 erased: more than on ESP32 boards, so that kills meet writes. */
const FLASH_TIME = 500;

const GEOMETRY = { blocks: 16, blockLength: 4096, writeAlign: 4 };

/** A simulated ESP32 with its flash in a file, to be killed and started again. */
export class Device {
  readonly #directory: string;
  readonly #url: string;
  readonly #interval: number;
  readonly #onEvent: (event: DeviceEvent) => void;
  #child: ChildProcess | undefined;
  /** All that the process has written is told. */
  #told: Promise<unknown> = Promise.resolve();
  #starts = 0;

  private constructor(directory: string, url: string, interval: number, onEvent: (event: DeviceEvent) => void) {
    this.#directory = directory;
    this.#url = url;
    this.#interval = interval;
    this.#onEvent = onEvent;
  }

  /** @param interval milliseconds from one publication to the next. */
  static async create(url: string, interval: number, onEvent: (event: DeviceEvent) => void): Promise<Device> {
    return new Device(await mkdtemp(join(tmpdir(), "xs-mqtt-kills-")), url, interval, onEvent);
  }

  async start(): Promise<void> {
    const child = this.#child = await spawnSimulator({
      main: join(projectRoot, "test/xs/programs/kills.js"), args: [this.#url, String(++this.#starts), String(this.#interval)], heap: "esp32", bits: 32,
      preload: { "xs-mqtt": join(projectRoot, "dist/xs-mqtt.js") }, storage: this.#directory, flashTime: FLASH_TIME, quiet: true,
    }, ["ignore", "pipe", "inherit"]);
    const lines = createInterface({ input: pipeOf(child.stdout) }).on("line", (line) => this.#onEvent(JSON.parse(line) as DeviceEvent));
    this.#told = once(lines, "close");
  }

  /** SIGTERM lets it finish its exchanges, SIGKILL is a power cut. @returns the exit code, when all that it wrote is told. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, "close");
      child.kill(signal);
      await closed;
    }
    this.#child = undefined;
    await this.#told;
    return child.exitCode;
  }

  /** Whether the kill has left a write torn: nothing more can go behind it then, the journal begins another block. */
  async isTorn(): Promise<boolean> {
    const bytes = await readFile(join(this.#directory, "storage.flash")).catch(() => undefined);
    if (bytes === undefined) return false;
    const { head, position } = new Journal(new FakeFlash(GEOMETRY, new Random(0), bytes));
    return head > 0 && position === GEOMETRY.blockLength;
  }

  /** Lets it finish its exchanges. @returns whether it did so within so many milliseconds. */
  async finish(patience: number): Promise<boolean> {
    const timer = setTimeout(() => void this.#child?.kill("SIGKILL"), patience);
    const code = await this.end("SIGTERM");
    clearTimeout(timer);
    return code === 0;
  }

  /** The power is cut, if it is still on, and everything forgotten. */
  async dispose(): Promise<void> {
    await this.end("SIGKILL");
    await rm(this.#directory, { recursive: true, force: true });
  }
}
