import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { find } from "../../../../boards/simulator/tools/packages.js";

const packages = new URL("../../../../boards/simulator/tools/packages.js", import.meta.url).href;

/** A folder of programs that stand for the system's, alone on the PATH but for the usual small tools. */
class Machine {
  readonly #directory = mkdtempSync(join(tmpdir(), "xs-mqtt-test-"));

  constructor(test: TestContext) {
    test.after(() => rmSync(this.#directory, { recursive: true }));
  }

  path(name: string): string {
    return join(this.#directory, name);
  }

  /** Puts a shell script on the PATH. Every program notes its arguments in the file `log`. */
  program(name: string, script: string): void {
    const path = this.path(name);
    writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> ${this.path("log")}\n${script}\n`, { mode: 0o755 });
  }

  get log(): string[] {
    return readFileSync(this.path("log"), "utf8").trim().split("\n");
  }

  /** Calls `ensure("gcc")` where the compiler is the program `cc-of-test`. */
  async ensureCompiler(tools: "with tools" | "alone"): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const script = `import { ensure } from ${JSON.stringify(packages)};
      try { console.log(await ensure("gcc")); } catch (error) { console.log(error.name + ": " + error.message); }`;
    const path = tools === "alone" ? this.#directory : `${this.#directory}:/usr/bin:/bin`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { env: { PATH: path, CC: "cc-of-test" }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    await once(child, "close");
    return { code: child.exitCode, stdout: stdout.trim(), stderr };
  }
}

/** sudo that lets everything pass. */
const sudo = 'shift; exec "$@"';

const working = "cat > /dev/null";

/** apt-get whose `install` brings a compiler. */
const installing = (machine: Machine): string =>
  `case "$*" in *install*) printf '#!/bin/sh\\n${working}\\n' > ${machine.path("cc-of-test")}; chmod +x ${machine.path("cc-of-test")};; esac`;

test("what is there is found and nothing is installed", async (context) => {
  const machine = new Machine(context);
  machine.program("apt-get", "exit 1");
  machine.program("cc-of-test", working);
  const { stdout } = await machine.ensureCompiler("with tools");
  assert.equal(stdout, machine.path("cc-of-test"));
  assert.ok(!machine.log.some((line) => line.startsWith("apt-get")));
});

test("what is missing is installed without questions, and only stderr tells of it", async (context) => {
  const machine = new Machine(context);
  machine.program("sudo", sudo);
  machine.program("apt-get", `echo noise; test "$DEBIAN_FRONTEND" = noninteractive || exit 1\n${installing(machine)}`);
  const { stdout, stderr } = await machine.ensureCompiler("with tools");
  assert.equal(stdout, machine.path("cc-of-test"));
  assert.match(stderr, /Installing a C compiler: apt-get install -y gcc libc6-dev\n/);
  assert.match(stderr, /noise/);
});

test("where package lists are missing they are brought up to date first", async (context) => {
  const machine = new Machine(context);
  machine.program("sudo", sudo);
  const updated = machine.path("updated");
  machine.program("apt-get", `case "$*" in *update*) touch ${updated};; esac\ntest -e ${updated} || exit 100\n${installing(machine)}`);
  const { stdout } = await machine.ensureCompiler("with tools");
  assert.equal(stdout, machine.path("cc-of-test"));
  const words = machine.log.filter((line) => line.startsWith("apt-get")).map((line) => /install|update/.exec(line)?.[0]);
  assert.deepEqual(words, ["install", "update", "install"]);
});

test("where installing is not possible the command to run is named", async (context) => {
  const machine = new Machine(context);
  const { stdout } = await machine.ensureCompiler("alone");
  assert.match(stdout, /^PackageError: A C compiler is missing/);
  assert.match(stdout, /sudo apt-get install -y gcc libc6-dev$/);
});

test("a failed installation names the command, too", async (context) => {
  const machine = new Machine(context);
  machine.program("sudo", sudo);
  machine.program("apt-get", "exit 100");
  const { stdout } = await machine.ensureCompiler("with tools");
  assert.match(stdout, /^PackageError: A C compiler is missing and could not be installed\.\n.*sudo apt-get install -y gcc libc6-dev$/);
});

test("find knows what this machine has", async () => {
  for (const name of ["gcc", "mosquitto"] as const) assert.match((await find(name)) ?? "", /^\//, name);
});
