/**
 * Runs the compiled tests with Node's own runner: `npm test [-- PATTERN...]`. A pattern is a part of a test file's path.
 * What the tests need and the machine lacks is installed first, where that is allowed.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ensure, PackageError } from "../boards/simulator/tools/packages.js";

/** build/js/test, and where it is compiled from. */
const here = fileURLToPath(new URL(".", import.meta.url));
const sources = join(here, "../../../test");

function testFiles(patterns: readonly string[]): string[] {
  return readdirSync(here, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.js") && existsSync(join(sources, path.replace(/js$/, "ts"))))
    .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)))
    .sort()
    .map((path) => relative(process.cwd(), join(here, path)));
}

const patterns = process.argv.slice(2).map((pattern) => pattern.replace(/^test\//, "").replace(/\.ts$/, ".js"));
const files = testFiles(patterns);
if (files.length === 0) {
  process.stderr.write(`No test file has ${patterns.join(" or ")} in its path below test/.\n`);
  process.exit(1);
}

try {
  // Elsewhere there is no 32-bit libc to link with.
  for (const need of process.arch === "x64" ? (["gcc-multilib", "mosquitto", "mosquitto-clients"] as const) : (["gcc", "mosquitto", "mosquitto-clients"] as const)) await ensure(need);
} catch (error) {
  if (!(error instanceof PackageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

const runner = spawn(
  process.execPath,
  ["--enable-source-maps", "--import", new URL("register.js", import.meta.url).href, "--test", "--test-reporter=spec", "--test-concurrency=2", "--test-timeout=240000", ...files],
  { stdio: ["ignore", "inherit", "inherit"] },
);
runner.on("exit", (code) => process.exit(code ?? 1));
