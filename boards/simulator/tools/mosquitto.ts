import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Broker, BrokerOptions } from "./broker.js";
import { pipeOf, spawnDependent } from "./dependent-process.js";
import { freePort } from "./free-port.js";
import { find, PackageError } from "./packages.js";

/** How often another port is tried when somebody else took the free one first. */
const attempts = 3;

/** Starts mosquitto as a process of its own, with a configuration of its own. */
export async function startMosquitto(options: BrokerOptions): Promise<Broker> {
  const program = await find("mosquitto");
  if (program === undefined) throw new PackageError("mosquitto is not installed. Install it: sudo apt-get install -y mosquitto mosquitto-clients");
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(program, options.port ?? (await freePort()), options);
    } catch (error) {
      if (options.port !== undefined || attempt === attempts) throw error;
    }
  }
}

async function launch(program: string, port: number, options: BrokerOptions): Promise<Broker> {
  const directory = await mkdtemp(join(tmpdir(), "xs-mqtt-broker-"));
  const file = join(directory, "mosquitto.conf");
  await writeFile(file, configuration(port, options));
  const child = spawnDependent(program, ["-c", file], "ignore");
  let told = false;
  let lastLine = "";
  // Not events.once: that rejects when the process cannot be started, which is told by running().
  const exited = new Promise((resolve) => child.once("close", resolve)).then(async () => {
    await rm(directory, { recursive: true, force: true });
    return `mosquitto ended by itself: ${child.signalCode ?? `exit code ${child.exitCode ?? "unknown"}`}, ${lastLine}`;
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    told = true;
    child.kill(signal);
    await exited;
  };

  const version = await running(child, (line) => (lastLine = line));
  await connectable(port);
  return {
    name: "mosquitto",
    version,
    port,
    url: options.tls ? `mqtts://localhost:${port}` : `mqtt://127.0.0.1:${port}`,
    lost: exited.then((reason) => (told ? new Promise<string>(() => undefined) : reason)),
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

function configuration(port: number, { persistence, tls, settings = [] }: BrokerOptions): string {
  const lines = [
    // As root mosquitto would become another user, who may not write where we told it to.
    `user ${userInfo().username}`,
    "log_dest stderr",
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "set_tcp_nodelay true",
    "max_queued_messages 0",
    `persistence ${persistence === undefined ? "false" : "true"}`,
  ];
  if (persistence !== undefined) lines.push(`persistence_location ${persistence}/`, "autosave_on_changes true", "autosave_interval 1");
  if (tls) lines.push(`certfile ${tls.certificate}`, `keyfile ${tls.key}`);
  if (tls?.clientAuthority !== undefined) lines.push(`cafile ${tls.clientAuthority}`, "require_certificate true");
  return [...lines, ...settings, ""].join("\n");
}

/** Waits for mosquitto to say that it runs. @returns its version. */
function running(child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const errors: string[] = [];
    let last = "";
    createInterface({ input: pipeOf(child.stderr) }).on("line", (line) => {
      const text = line.replace(/^\d+: /, "");
      onLine(text);
      last = text;
      if (text.startsWith("Error")) errors.push(text);
      const version = /^mosquitto version (\S+) running/.exec(text)?.[1];
      if (version !== undefined) resolve(version);
    });
    child.once("error", (error) => errors.push(error.message));
    child.once("close", () => reject(new Error(`mosquitto did not start. ${errors.join(" ") || last}`)));
  });
}

function connectable(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = connect(port, "127.0.0.1", () => {
      probe.destroy();
      resolve();
    });
    probe.once("error", reject);
  });
}
