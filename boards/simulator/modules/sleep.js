/** `sleep`: the deep sleep of a chip, in the shape of the SDK's module for nRF52, and the memory that it leaves as it is. */
export class Sleep {
  /** Sleeps for so many milliseconds and starts the program anew; without them until the power is cut. Does not return. */
  static deep(milliseconds) @ "xs_sleep_deep"

  /** 8 KiB as an `ArrayBuffer`: after a power cut they hold anything. */
  static get retainedMemory() @ "xs_sleep_get_retainedMemory"
}

export default Sleep;
