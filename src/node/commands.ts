import { configurationError } from "../protocol/error.js";
import { interval } from "./configuration.js";
import { formatError } from "./telemetry.js";

/** What commands do to a node. Answers are members of a JSON object. */
export interface CommandTarget {
  /** Measures now. @param sensor - its name; empty: all. Rejects when the one sensor fails, or there is none of that name. */
  read(sensor: string): Promise<string>;
  /** Shows where the node is and says what it is. */
  identify(): string;
  /** Changes the interval of the telemetry, in seconds, until the next restart. */
  setInterval(seconds: number): void;
  /** The same of single sensors. @param values - by name. @throws Error saying what is allowed. */
  setIntervals(values: object): void;
  /** Sets actuators. @param values - by name. @throws Error saying what is allowed. */
  set(values: unknown): void;
  /** Restarts once the answer is out. @throws Error where the host cannot. */
  restart(): void;
}

const commands = ["identify", "interval", "read", "restart", "set"] as const;
type Command = (typeof commands)[number];

/**
 * Carries out a command.
 * @param name - the last level of the topic.
 * @param message - its text, the payload, is the argument; read before anything is awaited.
 * @returns the answer as JSON: `{"ok":true,...}` or `{"ok":false,"error":...}` saying what is allowed.
 */
export async function answerCommand(target: CommandTarget, name: string, message: { text(): string }): Promise<string> {
  try {
    const command = commands.find((allowed) => allowed === name);
    if (command === undefined)
      throw configurationError(`command "${name.slice(0, 32)}"`, `one of ${commands.join(", ")}`);
    const members = await carryOut(target, command, message.text().trim());
    return members === "" ? '{"ok":true}' : `{"ok":true,${members}}`;
  } catch (error) {
    return refusal(error);
  }
}

/** The answer to a command that is not carried out. */
export function refusal(error: unknown): string {
  return `{"ok":false,${formatError(error)}}`;
}

function carryOut(target: CommandTarget, command: Command, argument: string): string | Promise<string> {
  if (command === "interval") {
    const intervals = argument.startsWith("{") ? parse(argument) : undefined;
    if (typeof intervals === "object" && intervals !== null) {
      target.setIntervals(intervals);
      return `"interval":${JSON.stringify(intervals)}`;
    }
    const seconds = interval("the payload of interval", argument === "" ? NaN : Number(argument));
    target.setInterval(seconds);
    return `"interval":${seconds}`;
  }
  if (command === "read") return target.read(argument);
  if (command === "set") {
    target.set(parse(argument));
    return "";
  }
  if (argument !== "") throw configurationError(`the payload of ${command}`, "empty");
  switch (command) {
    case "identify":
      return target.identify();
    case "restart":
      target.restart();
      return "";
  }
}

/** @returns undefined where the text is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
