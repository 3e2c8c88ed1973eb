/** `meter` in our simulator. */
import { measure as measureAll } from "simulator";

export { collect } from "simulator";

/** Bytes of the heap. */
export function measure() {
  const { slots, chunks } = measureAll();
  return { slots, chunks };
}
