/** The module that only the simulator's device machine has. */
declare module "simulator" {
  /** What the heap holds, in bytes. */
  export interface Measurement {
    readonly slots: number;
    readonly chunks: number;
    readonly peakSlots: number;
    readonly peakChunks: number;
    readonly slotsLimit: number;
    readonly chunksLimit: number;
    readonly collections: number;
    readonly steps: number;
    readonly stackPeak: number;
    readonly bits: 32 | 64;
    /** Processor time of the simulator so far, in microseconds. */
    readonly cpu: number;
  }

  /** Writes one line of JSON to the standard output. */
  export function emit(event: Readonly<Record<string, unknown>>): void;
  export function measure(): Measurement;
  /** Collects all garbage. */
  export function collect(): void;
  /** Forgets the peaks so far. */
  export function resetPeaks(): void;
  /** Stops the profile of `--profile`, or goes on with it. */
  export function profile(run: boolean): void;
  export function exit(code: number): void;
  /** Calls back at the first SIGTERM or SIGINT. */
  export function onSignal(callback: () => void): void;
}
