/** Finds what a build needs beyond npm packages; where it is missing, the error says what to install and where its guide is. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findProgram } from "../simulator/tools/find-program.js";

/** Something that only a person can install is missing; the message says what to do. */
export class MissingError extends Error {
  override readonly name = "MissingError";
}

/** The version that the manifests are verified against. */
export const verifiedVersion = "8.2.3";

const guide = "https://github.com/Moddable-OpenSource/moddable/blob/public/documentation";

/** Moddable's name of this computer's system. */
const system = ({ darwin: "mac", linux: "lin", win32: "win" } as Readonly<Record<string, string>>)[process.platform] ?? process.platform;

export interface Sdk {
  readonly root: string;
  readonly version: string;
  /** For its tools: with their folder on the path. */
  readonly environment: NodeJS.ProcessEnv;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws MissingError unless `MODDABLE` names an SDK whose tools are built. */
export async function findSdk(environment: Environment = process.env): Promise<Sdk> {
  const root = environment["MODDABLE"];
  const install = `Install the Moddable SDK (${verifiedVersion} is what this project is verified with): ${guide}/Moddable%20SDK%20-%20Getting%20Started.md`;
  if (root === undefined || root === "") throw new MissingError(`The Moddable SDK is needed, and MODDABLE does not say where it is.\n${install}\nThen: export MODDABLE=/path/to/moddable`);
  const version = readText(join(root, "tools/VERSION"));
  if (version === undefined) throw new MissingError(`MODDABLE is ${root}, where there is no Moddable SDK.\n${install}`);
  const tools = join(root, "build/bin", system, "release");
  const path = [tools, environment["PATH"] ?? ""].join(delimiter);
  if (!isThere(join(tools, "mcconfig")) && (await findProgram("mcconfig")) === undefined)
    throw new MissingError(`The tools of the Moddable SDK at ${root} are not built: mcconfig is not in ${tools}, nor on the path.\nBuild them as the guide says: ${guide}/Moddable%20SDK%20-%20Getting%20Started.md`);
  return { root, version: version.trim(), environment: { ...environment, MODDABLE: root, PATH: path } };
}

/** @throws MissingError unless `IDF_PATH` names an ESP-IDF whose tools are on the path. */
export async function requireIdf(environment: Environment = process.env): Promise<void> {
  const root = environment["IDF_PATH"];
  const install = `Install the version that the Moddable SDK names: ${guide}/devices/esp32.md`;
  if (root === undefined || root === "") throw new MissingError(`ESP-IDF is needed for the ESP32, and IDF_PATH does not say where it is.\n${install}\nThen: source /path/to/esp-idf/export.sh`);
  if (!isThere(join(root, "export.sh"))) throw new MissingError(`IDF_PATH is ${root}, where there is no ESP-IDF.\n${install}`);
  if ((await findProgram("idf.py")) === undefined) throw new MissingError(`ESP-IDF's tools are not on the path.\nRun: source ${join(root, "export.sh")}`);
}

/** Names that systems give to USB serial ports. */
const serialPort = /^(ttyUSB|ttyACM|cu\.(usb|SLAB|wchusb))/;

/**
 * @param given by the user: taken as it is when it is there.
 * @returns the serial port to flash through.
 * @throws MissingError when there is none, or more than one.
 */
export function findSerialPort(given: string | undefined, directory = "/dev"): string {
  if (given !== undefined) {
    if (isThere(given)) return given;
    throw new MissingError(`There is no serial port ${given}.\nPlug the board in and look for its name in ${directory}; without a board use --build-only.`);
  }
  const found = readdirSync(directory).filter((name) => serialPort.test(name)).map((name) => join(directory, name));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  if (found.length > 1) throw new MissingError(`There are several serial ports: ${found.join(", ")}.\nSay which: --port ${found[0] ?? ""}`);
  throw new MissingError(`No board is plugged in: there is no serial port in ${directory}.\nUse a USB cable that carries data; on Linux your user must be in the group dialout. Without a board use --build-only.`);
}

function readText(path: string): string | undefined {
  return isThere(path) ? readFileSync(path, "utf8") : undefined;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
