import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Host } from "./build-host.js";
import { pipeOf, spawnDependent } from "./dependent-process.js";
import { parseEvent, type RunEvent } from "./events.js";
import { hostArguments, type SimulatorOptions } from "./simulator.js";

/** How long a node may take to say goodbye, in milliseconds. */
const farewellLimit = 10_000;

/** How the simulator marks what it says itself, beside the firmware's trace. */
const hostPrefix = "simulator: ";

/** The firmware in a simulator process. */
export class SimulatedNode {
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  /** Why the simulator ends, in its own words. */
  #lastWords = "";
  #told = false;

  /** Boots the node. `onEvent` gets what the firmware tells; what it traces goes to stderr. */
  constructor(host: Host, options: SimulatorOptions, onEvent: (event: RunEvent) => void) {
    const child = spawnDependent(host.path, hostArguments(options), "pipe");
    this.#child = child;
    const output = createInterface({ input: pipeOf(child.stdout) });
    output.on("line", (line) => {
      const event = parseEvent(line);
      if (event) onEvent(event);
      else process.stderr.write(`${line}\n`);
    });
    createInterface({ input: pipeOf(child.stderr) }).on("line", (line) => {
      process.stderr.write(`${line}\n`);
      if (line.startsWith(hostPrefix)) this.#lastWords = line.slice(hostPrefix.length);
    });
    const failed = once(child, "error").then(([error]) => String(error));
    const closed = Promise.all([once(child, "close"), once(output, "close")]).then(() => this.#describeEnd());
    this.#ended = Promise.race([closed, failed]);
  }

  /** Settles when the process is over: with an empty string when it said goodbye as it was told, else with the reason. */
  get ended(): Promise<string> {
    return this.#ended;
  }

  /** Tells the node to say goodbye and to end, once: a second signal would kill it before its goodbye. May be called again. */
  stop(): void {
    if (this.#told) return;
    this.#told = true;
    this.#child.kill("SIGTERM");
    const limit = setTimeout(() => {
      this.#lastWords = `it did not end within ${farewellLimit / 1000} seconds`;
      this.#child.kill("SIGKILL");
    }, farewellLimit);
    void this.#ended.then(() => clearTimeout(limit));
  }

  #describeEnd(): string {
    const { exitCode, signalCode } = this.#child;
    if (this.#told && exitCode === 0) return "";
    const how = signalCode ?? `exit code ${exitCode ?? "unknown"}`;
    return `the simulator ended (${how})${this.#lastWords === "" ? "" : `: ${this.#lastWords}`}`;
  }
}
