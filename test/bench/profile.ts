/** Where the steps of a message go: the simulator's profile of some 1,000 messages, on a bundle that is not minified. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { bundlePlain } from "./bundle.js";
import { program, ProgramError } from "./device.js";
import { shapes } from "./figures.js";
import { startSink } from "./sink.js";
import type { MessageCase } from "./subjects.js";

const MESSAGES = 1000;
const WARM_UP = 4;

/** The table; the functions of the bench itself are in it. */
export async function profile(name: MessageCase): Promise<string> {
  const { direction, qos, batch } = shapes[name];
  const rounds = Math.ceil(MESSAGES / batch);
  const directory = await mkdtemp(join(tmpdir(), "xs-mqtt-profile-"));
  const sink = await startSink();
  try {
    const library = join(directory, "xs-mqtt.js");
    await writeFile(library, await bundlePlain('export { connect } from "xs-mqtt";'));
    const { code, stderr } = await runSimulator({
      main: program("messages"),
      heap: "esp32",
      profile: true,
      quiet: true,
      preload: { "xs-mqtt": library, subject: program("ours"), control: program("control"), raw: program("raw") },
      config: { port: sink.port, control: sink.control, direction, qos, batch, rounds: rounds - WARM_UP, warm: WARM_UP, repeat: 1, raw: false },
    });
    if (code !== 0) throw new ProgramError(stderr);
    return `${name}, ${rounds * batch} messages\n${stderr}`;
  } finally {
    sink.close();
    await rm(directory, { recursive: true });
  }
}
