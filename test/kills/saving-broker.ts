import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Broker, startBroker } from "../../boards/simulator/tools/broker.js";

/** Milliseconds between two looks at mosquitto's file. */
const LOOK = 2;

/**
 * mosquitto, to be killed and started again. It keeps sessions in memory and saves them later than it acknowledges, so that a kill takes
 * back what it has said. {@link saved} is what makes "acknowledged" mean "saved": who waits for it before passing on what mosquitto sent
 * shows the clients only what it still knows after a kill.
 */
export class SavingBroker {
  readonly #directory: string;
  #broker: Broker;
  #pid = 0;

  private constructor(directory: string, broker: Broker) {
    this.#directory = directory;
    this.#broker = broker;
  }

  static async start(): Promise<SavingBroker> {
    const directory = await mkdtemp(join(tmpdir(), "xs-mqtt-kills-"));
    const saving = new SavingBroker(directory, await SavingBroker.#launch(directory));
    await saving.#findPid();
    return saving;
  }

  static #launch(directory: string, port?: number): Promise<Broker> {
    // Nothing is dropped by mosquitto for want of room.
    const settings = [`pid_file ${join(directory, "pid")}`, "max_inflight_messages 20", "max_queued_messages 0"];
    return startBroker({ kind: "mosquitto", persistence: directory, settings, ...(port !== undefined && { port }) });
  }

  async #findPid(): Promise<void> {
    this.#pid = Number(await readFile(join(this.#directory, "pid"), "utf8"));
  }

  get port(): number {
    return this.#broker.port;
  }

  get version(): string {
    return this.#broker.version;
  }

  /** SIGKILL, and after some milliseconds another start with what was saved. */
  async kill(pause: number): Promise<void> {
    const { port } = this.#broker;
    this.#pid = 0;
    await this.#broker.kill();
    await setTimeout(pause);
    this.#broker = await SavingBroker.#launch(this.#directory, port);
    await this.#findPid();
  }

  /**
   * Settles when everything that mosquitto has sent so far is true of its file, too: it works in one thread, so a file that has been replaced
   * after bytes were received was begun after they were sent. SIGUSR1 makes it save. After a kill this settles with a later save, or never.
   */
  async saved(): Promise<void> {
    const before = await this.#file();
    this.#save();
    while ((await this.#file()) === before) await setTimeout(LOOK);
  }

  #save(): void {
    if (this.#pid !== 0) process.kill(this.#pid, "SIGUSR1");
  }

  /** What tells one file from the one that replaces it. */
  async #file(): Promise<string> {
    const found = await stat(join(this.#directory, "mosquitto.db"), { bigint: true }).catch(() => undefined);
    return found === undefined ? "none" : `${found.ino} ${found.ctimeNs}`;
  }

  async stop(): Promise<void> {
    await this.#broker.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
