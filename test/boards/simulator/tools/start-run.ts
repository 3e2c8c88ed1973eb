import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "../../../../boards/simulator/tools/events.js";

const program = fileURLToPath(new URL("../../../../boards/simulator/tools/start.js", import.meta.url));

/** `npm start` without npm, with what it writes. */
export class StartRun {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** All lines of stdout so far. */
  readonly lines: string[] = [];
  stderr = "";
  readonly #exit: Promise<unknown>;
  #taken = 0;

  /** Starts with the given options; a run that outlives its test is killed. */
  constructor(test: TestContext, ...options: string[]) {
    this.child = spawn(process.execPath, [program, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.lines.push(line);
      this.child.emit("line");
    });
    this.#exit = once(this.child, "close");
    test.after(() => this.child.kill("SIGKILL"));
  }

  /** The next line that has not been asked for. @throws when the program ends before. */
  async line(): Promise<string> {
    while (this.lines.length <= this.#taken) {
      const ended = this.#exit.then(() => {
        if (this.lines.length <= this.#taken) throw new Error(`npm start ended without a further line. ${this.stderr}`);
      });
      await Promise.race([once(this.child, "line"), ended]);
    }
    return this.lines[this.#taken++] ?? "";
  }

  /** With `--json`: the next event of that name; those before it are passed over. */
  async next<Name extends RunEvent["event"]>(name: Name): Promise<Extract<RunEvent, { event: Name }>> {
    for (;;) {
      const event = JSON.parse(await this.line()) as RunEvent;
      if (isNamed(event, name)) return event;
    }
  }

  /** All events so far. */
  get events(): RunEvent[] {
    return this.lines.map((line) => JSON.parse(line) as RunEvent);
  }

  /** Waits for the end. @returns the exit code. */
  async end(): Promise<number | null> {
    await this.#exit;
    return this.child.exitCode;
  }
}

function isNamed<Name extends RunEvent["event"]>(event: RunEvent, name: Name): event is Extract<RunEvent, { event: Name }> {
  return event.event === name;
}
