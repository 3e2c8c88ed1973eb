/** What `npm start --json` writes, one object a line. All but the first come from the device: `boards/simulator/device/main.ts`. A password in `url` is masked. */
export type RunEvent =
  | { readonly event: "broker"; readonly url: string; readonly name: string; readonly version: string }
  | { readonly event: "online"; readonly node: string; readonly mqtt: 4 | 5; readonly resumed: boolean }
  | { readonly event: "telemetry"; readonly node: string; readonly topic: string; readonly payload: Readonly<Record<string, unknown>> }
  | MemoryEvent
  | { readonly event: "offline"; readonly node: string; readonly reason: string }
  | { readonly event: "stopped"; readonly published: number; readonly acknowledged: number; readonly received: number };

/** In bytes; `bits` is the width of the simulator, whose 64-bit build takes about twice what a device does. */
export interface MemoryEvent {
  readonly event: "memory";
  readonly node: string;
  readonly slots: number;
  readonly chunks: number;
  readonly peakSlots: number;
  readonly peakChunks: number;
  readonly bits: 32 | 64;
}

const names: readonly unknown[] = ["online", "telemetry", "memory", "offline", "stopped"] satisfies RunEvent["event"][];

/** The event in a line of the device's output; undefined when the line is none. */
export function parseEvent(line: string): RunEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** By its name: the other members are this project's own. */
function isEvent(value: unknown): value is RunEvent {
  return typeof value === "object" && value !== null && "event" in value && names.includes(value.event);
}
