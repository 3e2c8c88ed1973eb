/** `meter` in Moddable's simulator, where the program is built with instruments. */
import Debug from "debug";
import Instrumentation from "instrumentation";

const slots = Instrumentation.map("XS Slot Heap Used");
const chunks = Instrumentation.map("XS Chunk Heap Used");

export function collect() {
  Debug.gc();
}

/** Bytes of the heap. */
export function measure() {
  return { slots: Instrumentation.get(slots), chunks: Instrumentation.get(chunks) };
}
