/** `npm run device`: builds the firmware for a board with Moddable's tools and flashes it. */
import { spawn } from "node:child_process";
import { UsageError } from "../simulator/tools/command-line.js";
import { findBoard } from "./boards.js";
import { readCredentials } from "./credentials.js";
import { parseDeviceOptions, usage, type DeviceOptions } from "./device-options.js";
import { writeProject } from "./project.js";
import { sensorDrivers } from "./sensor-drivers.js";
import { findSdk, findSerialPort, requireIdf } from "./sdk.js";
import { transports } from "./transports.js";

/** @returns the exit code. */
async function run(options: DeviceOptions): Promise<number> {
  const board = findBoard(options.board);
  const resources = readCredentials(options.config["broker"], options.credentials);
  const parts = [...transports(options.config["broker"]), ...sensorDrivers(options.config["sensors"])];
  const sdk = await findSdk();
  await requireIdf(sdk.environment);
  const port = options.buildOnly ? undefined : findSerialPort(options.port);
  const { manifest, output } = await writeProject("devices", board.name, { include: [board.manifest, ...parts], config: options.config }, resources);
  // Only a debug build traces; xsbug-log shows that on the terminal.
  const mode = options.monitor ? ["-dl"] : [];
  const args = [...mode, "-m", "-p", board.platform, "-o", output, ...(options.buildOnly ? ["-t", "build"] : []), manifest];
  const child = spawn("mcconfig", args, { stdio: "inherit", env: { ...sdk.environment, ...(port !== undefined && { UPLOAD_PORT: port }) } });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

try {
  const options = parseDeviceOptions(process.argv.slice(2));
  if (options) process.exitCode = await run(options);
  else process.stdout.write(usage);
} catch (error) {
  process.stderr.write(`npm run device: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
  process.exitCode = 1;
}
