/** Reports, and says what that costs in RAM: what is held while it waits for the broker, the most until then, garbage included, and what stays. */
import { args, collect, emit, exit, measure } from "simulator";
import { report } from "xs-mqtt";

const messages = [
  { topic: "report/temperature", payload: "21.5", qos: 1 },
  { topic: "report/humidity", payload: "40", qos: 1, retain: true },
  { topic: "report/light", payload: Uint8Array.of(1, 2, 3) },
];

/** Bytes of the heap that are in use. */
function used() {
  collect();
  const { slots, chunks } = measure();
  return slots + chunks;
}

// The second report shows what a report takes, without what is made once.
await report(args[0], messages);
const before = used();
const done = report(args[0], messages);
const { peakSlots, peakChunks, bits } = measure();
const running = used() - before;
await done;
emit({ event: "reported", running, peak: peakSlots + peakChunks - before, after: used() - before, bits });
exit(0);
