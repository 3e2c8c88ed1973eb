/** Where the steps go: the simulator's profile of some 1,000 messages, or of a stream of 1 MiB, on a bundle that is not minified. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { bundlePlain } from "./bundle.js";
import { type Line, program, ProgramError } from "./device.js";
import { shapes } from "./figures.js";
import { startSink } from "./sink.js";
import { load, messageCases, ours } from "./subjects.js";

/** What can be profiled. */
export const profiles = [...messageCases, "streamOut", "streamIn"] as const;

const MESSAGES = 1000;
const WARM_UP = 4;

/** A program and its configuration, and what it does. */
function order(name: typeof profiles[number]): { readonly main: string; readonly config: Line; readonly what: string } {
  if (name === "streamOut" || name === "streamIn") return { main: "stream", config: { direction: name === "streamOut" ? "out" : "in", sample: false }, what: "1 MiB" };
  const { direction, qos, batch } = shapes[name];
  const rounds = Math.ceil(MESSAGES / batch);
  return { main: "messages", config: { direction, qos, batch, rounds: rounds - WARM_UP, warm: WARM_UP, repeat: 1, raw: false }, what: `${rounds * batch} messages` };
}

/** The table; the functions of the bench itself are in it. */
export async function profile(name: typeof profiles[number]): Promise<string> {
  const { main, config, what } = order(name);
  const directory = await mkdtemp(join(tmpdir(), "xs-mqtt-profile-"));
  const sink = await startSink();
  try {
    const subject = await ours(directory);
    await writeFile(join(directory, "xs-mqtt.js"), await bundlePlain('export { connect } from "xs-mqtt";'));
    const { code, stderr } = await runSimulator({
      ...load(subject), main: program(main), heap: "esp32", profile: true, quiet: true, config: { port: sink.port, control: sink.control, ...config },
    });
    if (code !== 0) throw new ProgramError(stderr);
    return `${name}, ${what}\n${stderr}`;
  } finally {
    sink.close();
    await rm(directory, { recursive: true });
  }
}
