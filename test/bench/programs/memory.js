/**
 * Connects, collects and says what being connected costs in RAM: what the heap holds more than before, buffers included. The functions
 * are exported so that they stay: what is no longer needed of this program must not be mistaken for less memory of the client.
 */
import { collect, emit, exit, measure, resetPeaks } from "simulator";
import config from "mc/config";
import Timer from "timer";
import { open } from "subject";
import { inUse } from "in-use";

let before;
let peak;

export function start() {
  collect();
  Timer.set(begin, 0);
}

export function begin() {
  before = inUse();
  Timer.set(connect, 0);
}

/** In a turn of its own, when what looking at the meters has left is collected: it is no garbage of the client. */
export function connect() {
  collect();
  resetPeaks();
  open(config.port, onConnected);
}

export function onConnected() {
  const { peakSlots, peakChunks } = measure();
  peak = peakSlots + peakChunks;
  collect();
  Timer.set(report, 0);
}

export function report() {
  const idle = inUse() - before;
  emit({ event: "memory", idle, connectPeak: peak - before, bits: measure().bits });
  exit(0);
}

Timer.set(start, 0);
