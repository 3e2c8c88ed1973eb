/** Connects, collects and says what being connected costs in RAM: what the heap holds more than before, buffers included. */
import { args, collect, emit, exit, measure } from "simulator";
import { connect } from "xs-mqtt";

/** The connection could not be made. */
function fail(error) {
  globalThis.trace(`${error.message}\n`);
  exit(1);
}

collect();
const before = measure();
const client = connect(args[0], {
  async onConnected() {
    // In a turn of its own, so that nothing of the handshake is still in use.
    await undefined;
    const { peakSlots, peakChunks } = measure();
    collect();
    const { slots, chunks, bits } = measure();
    emit({
      event: "idle",
      ram: slots + chunks - before.slots - before.chunks,
      connectPeak: peakSlots + peakChunks - before.slots - before.chunks,
      bits,
    });
    await client.close();
    exit(0);
  },
  onDisconnected: fail,
});
