import { number } from "../boards/simulator/harness.js";
import { fillAndRecover, type Filling } from "../boards/simulator/recovery.js";
import { measurePublications, measureReadings, type FlashFigures } from "../storage/figures.js";

/** What an ESP32 needs to find a full partition again. */
export interface Recovery {
  readonly steps: number;
  /** Bytes that stay, and bytes that the next collection frees. */
  readonly ram: number;
  readonly garbage: number;
  readonly readings: number;
}

/** What is measured for docs/reliability.md, as titles of columns and what stands in them. */
export interface Figures {
  readonly flash: readonly (readonly [string, FlashFigures])[];
  readonly recovery: readonly (readonly [string, Recovery])[];
}

async function recover(what: Filling): Promise<Recovery> {
  const { found } = await fillAndRecover(what);
  return { steps: number(found, "steps"), ram: number(found, "ram"), garbage: number(found, "garbage"), readings: number(found, "readings") };
}

/** Measures: on the model of a flash, and in the simulator. */
export async function measureFigures(): Promise<Figures> {
  const session = await recover("session");
  const readings = await recover("readings");
  return {
    flash: [["QoS 1, durable", measurePublications(0)], ["the same, eight others stay", measurePublications(8)], ["readings in the log", measureReadings()]],
    recovery: [["of a session", session], [`of ${readings.readings} readings`, readings]],
  };
}
