import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

const dependentProcess = new URL("../../../../boards/simulator/tools/dependent-process.js", import.meta.url).href;

/** A program that starts `sleep` as its dependant, sharing its standard error, and then lives on. */
const parentScript = `import { spawnDependent } from ${JSON.stringify(dependentProcess)};
  import { once } from "node:events";
  const child = spawnDependent("/bin/sh", ["-c", "echo ready; exec sleep 600"], "pipe");
  await once(child.stdout, "data");
  console.log(child.pid);
  setInterval(() => {}, 1000);`;

for (const signal of ["SIGKILL", "SIGTERM"] as const)
  test(`a dependent process ends with a parent that ends by ${signal}`, async () => {
    const parent = spawn(process.execPath, ["--input-type=module", "--eval", parentScript], { stdio: ["ignore", "pipe", "inherit"] });
    const [data] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(data.toString());
    assert.equal(process.kill(pid, 0), true);
    parent.kill(signal);
    await once(parent, "exit");
    await gone(pid);
  });

/** Waits until the process has ended; a zombie has, even if nobody asks for its exit code. */
async function gone(pid: number): Promise<void> {
  const runs = (): boolean => existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  while (runs()) await new Promise(setImmediate);
}
