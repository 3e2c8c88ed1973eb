/** A device whose broker is hostile: says how much memory is in use after 10 and after 300 rounds, of connections that ended or of batches of messages. */
import { args, collect, emit, exit, measure } from "simulator";
import Timer from "timer";
import { connect } from "xs-mqtt";

const { port, batches, slow, json, pieces, options } = JSON.parse(args[0]);
// Made now, so that noting a measurement takes nothing.
const least = new Float64Array(2).fill(Infinity);
let rounds = 0;
let busy = 0;
let complete = false;

/** Measures between two rounds, where nothing is going on. Each time in ten rounds, of which some are not as quiet: the least counts. */
function round() {
  const index = ++rounds >= 300 ? 1 : 0;
  if (index === 0 && (rounds < 8 || rounds >= 20) && rounds < 298) return;
  // Before the first measurement too: what a collection leaves for the next one is the same then.
  collect();
  if (rounds < 10 || rounds === 298 || rounds === 299) return;
  const { slots, chunks, peakSlots, peakChunks } = measure();
  least[index] = Math.min(least[index], slots + chunks);
  if (rounds < 309) return;
  emit({ event: "measured", after10: least[0], after300: least[1], peak: peakSlots + peakChunks });
  exit(0);
}

/** The marker behind a batch has come and no handler is busy: a round is over. */
function checkBatch() {
  if (!complete || busy > 0) return;
  complete = false;
  Timer.set(() => {
    round();
    client.publish("next", "");
  }, 1);
}

function handle(message) {
  if (json)
    try {
      message.json();
    } catch {
      // As a careful application does.
    }
  if (!slow) return undefined;
  busy++;
  return new Promise((resolve) => Timer.set(resolve, 1)).then(() => {
    busy--;
    checkBatch();
  });
}

function onDisconnected(error) {
  if (!batches) Timer.set(round, 0);
  else {
    emit({ event: "lost", message: error.message });
    exit(1);
  }
}

const client = connect({
  host: "127.0.0.1", port, id: "c", version: 5, clean: false, reconnect: { minimum: 4, maximum: 4 }, ...options,
  onDisconnected, onError: () => undefined,
});
const lost = () => undefined;
client.subscribe("a", { qos: 2, pieces }, handle).catch(lost);
client.subscribe("end", () => {
  complete = true;
  checkBatch();
}).catch(lost);
client.publish("t", "x", { qos: 1 }).catch(lost);
