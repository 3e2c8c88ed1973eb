/** `xs-mqtt/flash`, where the host has flash: the partition that mcconfig makes for the SDK's files, which the firmware has none of. */
import Flash from "embedded:storage/flash";
import type { FlashPartition } from "../../src/storage/flash.js";

const name = "storage";

/** @throws Error where the board's own table of partitions has none of that name. */
export default function openFlash(): FlashPartition {
  try {
    return Flash.open({ path: name });
  } catch {
    throw new Error(`there is no partition "${name}" for data: session and readings do not outlive a restart`);
  }
}
