import { parseUrl } from "../../../src/client/url.js";
import { registry } from "../../../src/sensors/registry.js";
import type { MemoryEvent, RunEvent } from "./events.js";
import type { Heap } from "./simulator.js";
import type { StartOptions } from "./start-options.js";

/** Takes what happens and shows it. */
export type View = (event: RunEvent) => void;

/** Bytes that scripts have on a 32-bit device; undefined: as many as they want. */
const budgets: Readonly<Record<Heap, number | undefined>> = {
  // 4,928 slots of 16 bytes, and chunks.
  esp32: 4928 * 16 + 78_848,
  // One arena for both.
  esp32c3: 94_208,
  unlimited: undefined,
};

/** Readings that are shown in another way than the registry's unit says. */
const shown: Readonly<Record<string, (value: number) => string>> = {
  temperature: (celsius) => `${celsius.toFixed(2)} °C`,
  humidity: (percent) => `${percent.toFixed(2)} %`,
  pressure: (pascal) => `${(pascal / 100).toFixed(2)} hPa`,
  rssi: (level) => `${level} dBm`,
};

/** The units of all readings that have one. */
const units = new Map(registry.flatMap((type) => ("quantities" in type ? type.quantities.map(({ name, unit }) => [name, unit] as const) : [])));

function show(name: string, value: unknown): string {
  if (typeof value !== "number") return `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`;
  const unit = units.get(name) ?? "";
  return shown[name]?.(value) ?? (unit === "" ? `${name} ${value}` : `${value} ${unit}`);
}

/** One JSON object a line. */
export function jsonView(write: (text: string) => void): View {
  return (event) => write(`${JSON.stringify(event)}\n`);
}

/** Plain lines for people; `colour` is for terminals. */
export function humanView(write: (text: string) => void, options: StartOptions, colour: boolean): View {
  const paint = (code: number, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const line = (name: string, text: string, code = 0): void => write(`${name.padEnd(11)}${paint(code, text)}\n`);
  const green = 32;
  const red = 31;
  const topic = `${options.prefix}/${options.node}`;
  let url = "";
  let told = false;
  let lastReason = "";
  let readings = "";

  return (event) => {
    switch (event.event) {
      case "broker":
        url = event.url;
        line("broker", `${event.name} ${event.version}`.trim() + ` at ${event.url}`);
        line("node", `${topic}, ${describeHeap(options.heap)}`);
        break;
      case "online":
        line("online", `MQTT ${event.mqtt === 5 ? "5.0" : "3.1.1"}${event.resumed ? ", session resumed" : ""}`, green);
        if (!told) write(suggestions(url, topic));
        told = true;
        lastReason = "";
        break;
      case "telemetry":
        readings = describe(event.topic.slice(`${topic}/telemetry/`.length), event.payload);
        break;
      case "memory":
        // The device sends it right after the telemetry: both fit one line.
        line("telemetry", `${readings}   memory ${memory(event, options.heap)}`);
        break;
      case "offline":
        // Each attempt to come back fails for the same reason: once is enough.
        if (event.reason !== lastReason) line("offline", event.reason, red);
        lastReason = event.reason;
        break;
      case "stopped":
        line("stopped", `${event.published} published, ${event.acknowledged} acknowledged, ${event.received} commands received`);
    }
  };
}

function describeHeap(heap: Heap): string {
  const budget = budgets[heap];
  return budget === undefined ? "unlimited memory" : `${grouped(budget)} bytes of memory for scripts (${heap})`;
}

function memory({ slots, chunks, peakSlots, peakChunks, bits }: MemoryEvent, heap: Heap): string {
  const used = slots + chunks;
  const peak = peakSlots + peakChunks;
  const build = bits === 64 ? ", 64-bit figures" : "";
  const budget = budgets[heap];
  if (budget === undefined) return `${grouped(used)} bytes (peak ${grouped(peak)}${build})`;
  // A 64-bit simulator has twice the budget for its wider slots.
  const percent = (bytes: number): string => `${Math.round((100 * bytes) / (budget * (bits / 32)))} %`;
  return `${grouped(used)} bytes, ${percent(used)} (peak ${percent(peak)}${build})`;
}

/** The readings in a telemetry message. @param sensor - its name; empty where a node has only one. */
function describe(sensor: string, payload: Readonly<Record<string, unknown>>): string {
  const readings = Object.entries(payload).filter(([name]) => name !== "time" && name !== "uptime" && name !== "sensor");
  return [...sensor === "" ? [] : [`${sensor}:`], ...readings.map(([name, value]) => show(name, value))].join("  ");
}

/** Commands to try from another terminal; a URL in them would not do: mosquitto's programs do not decode %40. */
function suggestions(url: string, topic: string): string {
  const { host, port, user, password } = parseUrl(url);
  const broker = `-h ${host} -p ${port ?? 1883}${user === undefined ? "" : " -u USER"}${password === undefined ? "" : " -P PASSWORD"}`;
  return [
    "",
    "try, in another terminal:",
    `  mosquitto_sub ${broker} -v -t '${topic}/#'`,
    `  mosquitto_pub ${broker} -t '${topic}/command/read' -n`,
    `  mosquitto_pub ${broker} -t '${topic}/command/interval' -m 5`,
    `  mosquitto_pub ${broker} -t '${topic}/command/identify' -n`,
    "and Ctrl-C here to stop",
    "",
    "",
  ].join("\n");
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
