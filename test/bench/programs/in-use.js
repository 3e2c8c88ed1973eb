import { collect, measure } from "simulator";

/** Bytes in use. In a turn of its own, when the engine no longer holds what the turn before has left. */
export function inUse() {
  collect();
  const { slots, chunks } = measure();
  return slots + chunks;
}
