import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { parseUrl } from "../../../src/client/url.js";
import { level, levels } from "../../../src/node/configuration.js";
import { checkInteger } from "../../../src/protocol/error.js";
import { parseScene } from "../world/csv-scene.js";
import { UsageError } from "./command-line.js";
import { readSensorsFile } from "./sensors-file.js";
import { heaps, type Heap } from "./simulator.js";

/** What `npm start` was asked for. */
export interface StartOptions {
  readonly help: boolean;
  /** JSON lines instead of a view for people. */
  readonly json: boolean;
  /** URL of a broker that runs already; `embedded`: start aedes; undefined: start mosquitto where it is installed, else aedes. */
  readonly broker: string | undefined;
  /** Stop after so many seconds; undefined: run until told to stop. */
  readonly seconds: number | undefined;
  /** The sensors and actuators of the node, checked; undefined: a BME280. */
  readonly sensors: unknown;
  /** Text of the CSV file that drives the environment; undefined: a daily cycle. */
  readonly scene: string | undefined;
  readonly node: string;
  readonly prefix: string;
  /** Seconds from one telemetry to the next. */
  readonly interval: number;
  readonly heap: Heap;
  /** A directory for the node's flash; undefined: it is blank at each start. */
  readonly storage: string | undefined;
}

export const usage = `npm start [-- OPTIONS]

  --broker URL        use this broker, mqtt://HOST[:PORT] or ws://HOST[:PORT]/PATH (default: start mosquitto on a free port, or where that
                      is not installed the embedded broker aedes; "embedded" starts that in any case)
  --json              one JSON object a line instead of the view for people
  --seconds N         stop after N seconds (default: run until Ctrl-C)
  --scene FILE.csv    drive the environment: seconds,temperature,humidity,pressure ... (default: a daily cycle)
  --sensors FILE.json the node's sensors and actuators (default: a BME280): see docs/sensors.md and npm run sensors
  --node NAME         name of the node, a level of its topics (default: node-1)
  --prefix P          beginning of the topics, one or more topic levels, as in house/attic (default: xs-mqtt)
  --interval SECONDS  from one telemetry to the next, 1 to 86400 (default: 2)
  --heap HEAP         memory of the device: ${heaps.join(", ")} (default: esp32)
  --storage DIRECTORY keep the node's flash there, created if needed (default: blank at each start)
  --help              this text
`;

const options = {
  broker: { type: "string" },
  json: { type: "boolean", default: false },
  seconds: { type: "string" },
  scene: { type: "string" },
  sensors: { type: "string" },
  node: { type: "string", default: "node-1" },
  prefix: { type: "string", default: "xs-mqtt" },
  interval: { type: "string", default: "2" },
  heap: { type: "string", default: "esp32" },
  storage: { type: "string" },
  help: { type: "boolean", default: false },
} as const satisfies ParseArgsConfig["options"];

/** The longest scene in bytes: it reaches the simulator as one argument, of which Linux takes 128 KiB. */
const longestScene = 120_000;

/** @throws UsageError saying which option is wrong and what it may be; Error for what is wrong in the file of `--sensors`. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const values = parse(args);
  return {
    help: values.help,
    json: values.json,
    broker: values.broker === undefined ? undefined : brokerUrl(values.broker),
    seconds: values.seconds === undefined ? undefined : seconds("--seconds", values.seconds, 2_000_000),
    scene: values.scene === undefined ? undefined : scene(values.scene),
    sensors: values.sensors === undefined ? undefined : readSensorsFile(values.sensors),
    node: name("--node", values.node, level),
    prefix: name("--prefix", values.prefix, levels),
    interval: seconds("--interval", values.interval, 86_400),
    heap: heap(values.heap),
    storage: values.storage,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // The first sentence says what is wrong; the rest is advice for other programs.
    throw new UsageError(error.message.split(". ")[0]);
  }
}

function brokerUrl(text: string): string {
  if (text === "embedded") return text;
  let secure: boolean;
  try {
    // The node says what is wrong behind the host of a WebSocket.
    const url = parseUrl(text.replace(/^ws(s?:\/\/[^/]+).*$/, "mqtt$1"));
    secure = url.secure;
    checkInteger("port", url.port ?? 1883, 1, 65_535);
  } catch {
    throw new UsageError(`--broker: "${text.replace(/\/\/.*@/, "//...@")}" must be mqtt://HOST[:PORT], mqtt://USER:PASSWORD@HOST[:PORT] or ws://HOST[:PORT]/PATH, percent-encoded, with a port from 1 to 65535, or embedded`);
  }
  if (secure) throw new UsageError("--broker: the simulator has no TLS; give mqtt://HOST[:PORT] or ws://HOST[:PORT]/PATH");
  return text;
}

function seconds(option: string, text: string, maximum: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 1 && value <= maximum)) throw new UsageError(`${option}: "${text}" must be a number of seconds, 1 to ${maximum}`);
  return value;
}

/** Asks the firmware before anything is started. */
function name(option: string, text: string, check: (what: string, value: string) => string): string {
  try {
    return check(`${option}: "${text}"`, text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function heap(text: string): Heap {
  const known = heaps.find((name) => name === text);
  if (known === undefined) throw new UsageError(`--heap: "${text}" must be ${heaps.join(", ")}`);
  return known;
}

function scene(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
    parseScene(text);
  } catch (error) {
    throw new UsageError(`--scene ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (Buffer.byteLength(text) > longestScene) throw new UsageError(`--scene ${file}: must have at most ${longestScene} bytes; leave out rows, values between rows are interpolated`);
  return text;
}
