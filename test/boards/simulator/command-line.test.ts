import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { parseCommandLine, UsageError } from "../../../boards/simulator/tools/command-line.js";
import { projectRoot } from "../../../boards/simulator/tools/paths.js";
import { spawnSimulator } from "../../../boards/simulator/tools/simulator.js";
import { fixture, run } from "./harness.js";

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command as a person would. */
async function simulate(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  const command = join(projectRoot, "build/js/boards/simulator/tools/simulate.js");
  const child = spawn(process.execPath, [command, ...args], { env: { ...process.env, ...environment } });
  const ended: Ended = { code: null, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => { ended.stdout += text; });
  child.stderr.setEncoding("utf8").on("data", (text: string) => { ended.stderr += text; });
  return await new Promise((resolve) => child.on("close", (code) => { resolve({ ...ended, code }); }));
}

test("options come in both spellings, repeat where they may, and end at the module", () => {
  assert.deepEqual(
    parseCommandLine([
      "--heap=esp32", "--clock", "virtual", "--preload", "a=b=c", "--preload", "d=e", "--module", "m=n", "--resource", "r=s",
      "--config", "number=5", "--config", "text=a=b", "--world-arg", "x", "--world-arg", "y", "--storage", "s", "--grace", "5",
      "--bits", "64", "--stress", "--report", "main.js", "--heap", "z",
    ]),
    {
      main: "main.js", args: ["--heap", "z"], heap: "esp32", clock: "virtual", preload: { a: "b=c", d: "e" }, modules: { m: "n" },
      resources: { r: "s" }, config: { number: 5, text: "a=b" }, worldArgs: ["x", "y"], storage: "s", grace: 5, bits: 64,
      stress: true, report: true,
    },
  );
});

test("wrong options say what is right", () => {
  const message = (...args: string[]): string => {
    try {
      parseCommandLine(args);
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    return "accepted";
  };
  assert.match(message("--heep", "x"), /^unknown option --heep; known: --bits .* --heap .* --world-arg$/);
  assert.equal(message("--heap", "esp8266", "m.js"), "--heap must be esp32, esp32c3, unlimited: esp8266");
  assert.equal(message("--preload", "name", "m.js"), "--preload must be NAME=FILE: name");
  assert.equal(message("--config", "=5", "m.js"), "--config must be NAME=VALUE: =5");
  assert.equal(message("--grace", "soon", "m.js"), "--grace must be a number of milliseconds, 0 or more: soon");
  assert.equal(message("--report", "--heap"), "--heap needs a value");
  assert.equal(message("--report"), "the module to run is missing");
});

test("the command passes arguments, configuration and resources on, and ends with the program's code", async () => {
  const { code, stdout } = await simulate([
    "--config", "interval=10", "--config", "name=kitchen", "--resource", `greeting=${fixture("collect")}`, fixture("arguments"), "one", "--two",
  ]);
  assert.equal(code, 7);
  assert.deepEqual(JSON.parse(stdout), {
    args: ["one", "--two"], config: { interval: 10, name: "kitchen" }, resource: "/** M", frozen: true,
  });
});

test("a wrong command line and a missing file end with 1 and are named", async () => {
  const wrong = await simulate(["--nonsense"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /simulate: unknown option --nonsense/);
  const missing = await simulate(["--preload", "a=not/there.js", fixture("arguments")]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /--preload a: no such file: not\/there\.js/);
});

test("without a C compiler the error names the command that installs one", async () => {
  const { code, stderr } = await simulate([fixture("arguments")], { CC: "no-such-compiler" });
  assert.equal(code, 1);
  assert.match(stderr, /'no-such-compiler' does not run: apt-get install gcc libc6-dev/);
});

test("a program hears the first signal, and ends as it wants", async () => {
  const child = await spawnSimulator({ main: fixture("signal"), quiet: true });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (text.includes("ready")) child.kill("SIGTERM");
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  assert.equal(code, 4);
  assert.equal(stdout, "{\"event\":\"ready\"}\n{\"event\":\"signal\"}\n");
});

test("a program that ends by itself ends with 0", async () => {
  const { code, lines } = await run("handled-rejection");
  assert.equal(code, 0);
  assert.equal(lines.length, 1);
});
