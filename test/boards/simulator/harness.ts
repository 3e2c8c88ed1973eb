/** What the tests of the simulator share: fixtures, runs, and a peer on the loopback. */
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { projectRoot } from "../../../boards/simulator/tools/paths.js";
import { runSimulator, type SimulatorOptions } from "../../../boards/simulator/tools/simulator.js";

/** One line of JSON that the program wrote. */
export type Line = Record<string, unknown>;

/** How a run ended. */
export interface Run {
  code: number | null;
  stderr: string;
  lines: Line[];
}

/** The path of a program for the device. */
export function fixture(name: string): string {
  return join(projectRoot, "test/boards/simulator/fixtures", `${name}.js`);
}

function isLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseLine(text: string): Line {
  const value: unknown = JSON.parse(text);
  if (!isLine(value)) throw new TypeError(`not an object: ${text}`);
  return value;
}

/** Runs a fixture to its end. */
export async function run(name: string, options: Omit<SimulatorOptions, "main"> = {}): Promise<Run> {
  const { code, stdout, stderr } = await runSimulator({ ...options, main: fixture(name), quiet: true });
  return { code, stderr, lines: stdout.split("\n").filter((line) => line !== "").map(parseLine) };
}

/** Runs a fixture that must end well, and gives the last line it wrote. */
export async function runWell(name: string, options: Omit<SimulatorOptions, "main"> = {}): Promise<Line> {
  const { code, stderr, lines } = await run(name, options);
  const last = lines.at(-1);
  if (code !== 0 || last === undefined) throw new Error(`${name} ended with ${code} and ${lines.length} lines: ${stderr}`);
  return last;
}

/** A number in a line. */
export function number(line: Line, name: string): number {
  const value = line[name];
  if (typeof value !== "number") throw new TypeError(`${name} is no number in ${JSON.stringify(line)}`);
  return value;
}

/** A server on a free port of the loopback, for as long as `use` takes. */
export async function withServer<T>(onSocket: (socket: Socket) => void, use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    onSocket(socket);
  });
  try {
    return await use(await listen(server));
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

async function listen(server: Server): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no port"));
      else resolve(address.port);
    });
  });
}
