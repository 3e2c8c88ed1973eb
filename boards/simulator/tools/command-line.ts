import { clocks, heaps, type SimulatorOptions } from "./simulator.js";

/** What is wrong with a command line, said to the person who typed it. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** How to call `npm run simulate`. */
export const usage = `npm run simulate -- [OPTIONS] MAIN.js [ARGS]

  --heap esp32|esp32c3|unlimited  the device's memory, enforced (default: unlimited)
  --clock real|virtual            virtual: time jumps to the next deadline when nothing else is to be done (default: real)
  --grace MS                      real time a peer has to answer before a virtual clock jumps (default: 20)
  --round-trip MS                 a network with this round trip: answers come so much later on the clock (default: 0)
  --preload NAME=FILE             a module in flash, which costs no memory; may be repeated
  --module NAME=FILE              a further module; may be repeated
  --resource NAME=FILE            a file for Resource; may be repeated
  --config NAME=VALUE             a property of mc/config, JSON or else a string; may be repeated
  --world FILE                    a module that plays the world outside the chip (default: build/world.js if it is there)
  --world-arg VALUE               an argument for the world; may be repeated
  --storage DIRECTORY             keeps flash and key-value storage (default: forgotten at the end)
  --flash-time MICROSECONDS       real time to write 16 bytes of flash or erase 256: a kill may tear them (default: 0)
  --report                        ends with one line of JSON: what the run cost
  --profile                       ends with a table on stderr: steps and allocated bytes by function
  --bits 32|64                    a pointer's size (default: 32 where a 32-bit libc is installed)
  --stress                        a garbage collection at every allocation
  --help                          this text
`;

function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  }
  catch {
    return text;
  }
}

function choose<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === value);
  if (found === undefined)
    throw new UsageError(`${option} must be ${allowed.join(", ")}: ${value}`);
  return found;
}

function splitPair(option: string, value: string): [string, string] {
  const equals = value.indexOf("=");
  if (equals < 1)
    throw new UsageError(`${option} must be NAME=${option === "--config" ? "VALUE" : "FILE"}: ${value}`);
  return [value.slice(0, equals), value.slice(equals + 1)];
}

function parseNumber(option: string, value: string): number {
  const number = Number(value);
  if (!(number >= 0))
    throw new UsageError(`${option} must be a number of milliseconds, 0 or more: ${value}`);
  return number;
}

type Setter = (options: SimulatorOptions, value: string, option: string) => void;

function pairSetter(field: "preload" | "modules" | "resources"): Setter {
  return (options, value, option) => {
    const [name, file] = splitPair(option, value);
    options[field] = { ...options[field], [name]: file };
  };
}

/** Options that take a value. */
const setters = new Map<string, Setter>([
  ["--heap", (options, value, option) => { options.heap = choose(option, value, heaps); }],
  ["--clock", (options, value, option) => { options.clock = choose(option, value, clocks); }],
  ["--grace", (options, value, option) => { options.grace = parseNumber(option, value); }],
  ["--round-trip", (options, value, option) => { options.roundTrip = parseNumber(option, value); }],
  ["--preload", pairSetter("preload")],
  ["--module", pairSetter("modules")],
  ["--resource", pairSetter("resources")],
  ["--config", (options, value, option) => {
    const [name, text] = splitPair(option, value);
    options.config = { ...options.config, [name]: parseJSON(text) };
  }],
  ["--world", (options, value) => { options.world = value; }],
  ["--world-arg", (options, value) => { options.worldArgs = [...options.worldArgs ?? [], value]; }],
  ["--storage", (options, value) => { options.storage = value; }],
  ["--flash-time", (options, value, option) => { options.flashTime = parseNumber(option, value); }],
  ["--bits", (options, value, option) => { options.bits = choose(option, value, ["32", "64"]) === "32" ? 32 : 64; }],
]);

/** Options that take none. */
const flags = new Map<string, (options: SimulatorOptions) => void>([
  ["--report", (options) => { options.report = true; }],
  ["--profile", (options) => { options.profile = true; }],
  ["--stress", (options) => { options.stress = true; }],
]);

/** The options of a command line; undefined when it asks for help. Throws {@link UsageError} if it is wrong, saying what would be right. */
export function parseCommandLine(args: readonly string[]): SimulatorOptions | undefined {
  const options: SimulatorOptions = { main: "" };
  let index = 0;
  for (; args[index]?.startsWith("--"); index++) {
    const [option = "", inline] = args[index]?.split(/=(.*)/s) ?? [];
    if (option === "--help")
      return undefined;
    const setter = setters.get(option);
    const flag = flags.get(option);
    if (flag)
      flag(options);
    else if (setter) {
      const value = inline ?? args[++index];
      if (value === undefined)
        throw new UsageError(`${option} needs a value`);
      setter(options, value, option);
    }
    else
      throw new UsageError(`unknown option ${option}; known: ${[...setters.keys(), ...flags.keys(), "--help"].sort().join(" ")}`);
  }
  options.main = args[index] ?? "";
  if (options.main === "")
    throw new UsageError("the module to run is missing");
  options.args = args.slice(index + 1);
  return options;
}
