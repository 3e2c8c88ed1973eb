/** What is measured of one client in the simulator. Absent is what it cannot do. */
import { figure, run, type Line } from "./device.js";
import type { Sink } from "./sink.js";
import { load, type MessageCase, type Subject } from "./subjects.js";

/** What one message costs: bytes allocated, bytecode steps, and collections per 1,000 messages in the heap of an ESP32. */
export interface MessageCost {
  readonly bytes: number;
  readonly steps: number;
  readonly collections: number;
}

/** RAM in bytes, buffers included: connected and idle after a collection, and the most while connecting, garbage included. */
export interface Ram {
  readonly idle: number;
  readonly connectPeak: number;
}

/** 1 MiB through buffers of 512 bytes: RAM above idle in bytes, and steps per KiB. */
export interface Stream {
  readonly outBytes: number;
  readonly inBytes: number;
  readonly outStepsPerKiB: number;
  readonly inStepsPerKiB: number;
}

/** From waking up to an acknowledged QoS 1 publication and DISCONNECT: round trips with that of TCP, bytes and segments sent. */
export interface Wake {
  readonly roundTrips: number;
  readonly bytes: number;
  readonly segments: number;
}

/** Processor time in microseconds and messages a second: of the client, of a bare socket in the same run, and what part that is. */
export interface Speed {
  readonly microseconds: number;
  readonly socketMicroseconds: number;
  readonly perSecond: number;
  readonly ratio: number;
}

interface Shape {
  readonly direction: "publish" | "receive";
  readonly qos: number;
  /** Messages in a round: as many as come at once. */
  readonly batch: number;
  /** Rounds in which bytes and steps are counted, so few that a large heap needs no collection. */
  readonly rounds: number;
  /** Rounds in which collections are counted. */
  readonly collecting: number;
}

/**
 * QoS 0 goes out in bursts of 64, as the send buffer of an ESP32 takes them, comes in by 5 in one segment of 400 bytes. QoS 1 and 2 go out
 * one by one, each acknowledged before the next, and come in by 5.
 */
export const shapes: Readonly<Record<MessageCase, Shape>> = {
  publish0: { direction: "publish", qos: 0, batch: 64, rounds: 4, collecting: 40 },
  receive0: { direction: "receive", qos: 0, batch: 5, rounds: 40, collecting: 400 },
  publish1: { direction: "publish", qos: 1, batch: 1, rounds: 100, collecting: 1000 },
  receive1: { direction: "receive", qos: 1, batch: 5, rounds: 20, collecting: 200 },
  publish2: { direction: "publish", qos: 2, batch: 1, rounds: 100, collecting: 1000 },
  receive2: { direction: "receive", qos: 2, batch: 5, rounds: 20, collecting: 200 },
};

const WARM_UP = 4;
/** When time is measured: as many messages at once as the socket's buffers hold, in both directions; rounds, and repetitions. */
const SPEED = { batch: 64, rounds: 100, repeat: 15 } as const;
const ROUND_TRIP = 100;

function rounded(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** Measures a subject against a sink. Each method @throws ProgramError when the subject cannot do it. */
export class Bench {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  async #run(name: string, subject: Subject, heap: "esp32" | "unlimited", config: Line, options: { clock?: "virtual"; roundTrip?: number; report?: true } = {}): Promise<Line[]> {
    this.#sink.reset();
    return await run(name, { ...load(subject), heap, ...options, config: { port: this.#sink.port, control: this.#sink.control, ...config } });
  }

  /** What a message costs. */
  async message(subject: Subject, name: MessageCase): Promise<MessageCost> {
    const { collecting, ...shape } = shapes[name];
    const count = shape.batch * shape.rounds;
    const config = { warm: WARM_UP, repeat: 1, raw: false, ...shape };
    const lines = await this.#run("messages", subject, "unlimited", config);
    const [bytes = NaN] = differences(lines, "subject", "bytes");
    const [steps = NaN] = differences(lines, "subject", "steps");
    if (lines.some((line) => figure(line, "collections") > 0)) throw new Error(`${subject.name}, ${name}: a collection has run while bytes were counted`);
    const [collections = NaN] = differences(await this.#run("messages", subject, "esp32", { ...config, rounds: collecting }), "subject", "collections");
    return { bytes: rounded(bytes / count, 1), steps: rounded(steps / count), collections: rounded((1000 * collections) / (shape.batch * collecting), 1) };
  }

  /** How fast it is at QoS 0. */
  async speed(subject: Subject, direction: "publish" | "receive"): Promise<Speed> {
    const count = SPEED.batch * SPEED.rounds;
    // Beside the bare socket a client that is not in flash does not fit an ESP32.
    const heap = subject.preloadable ? "esp32" : "unlimited";
    const lines = await this.#run("messages", subject, heap, { warm: WARM_UP, raw: true, direction, qos: 0, ...SPEED });
    // Each repetition less its own rounds without messages: what disturbs both, disturbs neither the difference nor the ratio.
    const own = differences(lines, "subject", "cpu");
    const socket = differences(lines, "raw", "cpu");
    const times = lines.filter((line) => line["event"] === "subject").map((line) => figure(line, "time"));
    return {
      microseconds: rounded(median(own) / count, 2),
      socketMicroseconds: rounded(median(socket) / count, 2),
      perSecond: rounded((1000 * count) / median(times)),
      ratio: rounded(median(socket.map((each, index) => each / (own[index] ?? NaN))), 3),
    };
  }

  async ram(subject: Subject): Promise<Ram & { readonly bits: number }> {
    const [line] = await this.#run("memory", subject, "esp32", {});
    return { idle: figure(line, "idle"), connectPeak: figure(line, "connectPeak"), bits: figure(line, "bits") };
  }

  async stream(subject: Subject): Promise<Stream> {
    const one = async (direction: "out" | "in", sample: boolean): Promise<Line | undefined> => (await this.#run("stream", subject, "esp32", { direction, sample }))[0];
    return {
      outBytes: figure(await one("out", true), "bytes"),
      inBytes: figure(await one("in", true), "bytes"),
      outStepsPerKiB: rounded(figure(await one("out", false), "steps") / 1024),
      inStepsPerKiB: rounded(figure(await one("in", false), "steps") / 1024),
    };
  }

  async wake(subject: Subject): Promise<Wake> {
    const [line, report] = await this.#run("wake", subject, "esp32", {}, { clock: "virtual", roundTrip: ROUND_TRIP, report: true });
    return { roundTrips: figure(line, "elapsed") / ROUND_TRIP, bytes: figure(report, "bytesSent"), segments: figure(report, "segments") };
  }
}

/** By how much rounds with messages of `who` differ from rounds without, in every repetition. */
function differences(lines: readonly Line[], who: string, name: string): number[] {
  const idle = lines.filter((line) => line["event"] === `${who} idle`);
  return lines.filter((line) => line["event"] === who).map((line, index) => figure(line, name) - figure(idle[index], name));
}

/** Bytecode of one module, in bytes. */
export async function bytecode(file: string): Promise<number> {
  const [report] = await run("nothing", { preload: { subject: file }, report: true });
  const sizes = report?.["bytecode"];
  const own: unknown = typeof sizes === "object" && sizes !== null ? Reflect.get(sizes, "subject") : undefined;
  if (typeof own !== "number") throw new Error(`no bytecode of ${file}`);
  return own;
}
