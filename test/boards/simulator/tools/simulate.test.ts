import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { projectRoot } from "../../../../boards/simulator/tools/paths.js";
import { fixture } from "../harness.js";

const program = join(projectRoot, "build/js/boards/simulator/tools/simulate.js");

test("a program hears Ctrl-C, which a terminal sends to a whole process group, once", async (context) => {
  const command = spawn(process.execPath, [program, fixture("slow-goodbye")], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  context.after(() => command.kill("SIGKILL"));
  const { pid } = command;
  assert.ok(pid !== undefined);
  const lines: string[] = [];
  createInterface({ input: command.stdout }).on("line", (line) => {
    lines.push(line);
    if (line.includes("ready")) process.kill(-pid, "SIGINT");
  });
  await once(command, "close");
  assert.deepEqual(lines, ['{"event":"ready"}', '{"event":"signal"}', '{"event":"goodbye"}']);
  assert.equal(command.exitCode, 4);
});

test("--help lists the options and ends with 0", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "--heap", "esp32", "--help"], { encoding: "utf8" });
  assert.equal(status, 0);
  assert.equal(stderr, "");
  for (const option of ["heap", "world-arg", "stress", "help"]) assert.match(stdout, new RegExp(`^  --${option} `, "m"));
});
