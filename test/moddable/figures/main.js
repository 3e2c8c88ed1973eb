/**
 * What the client takes of the heap, and how messages go through a broker and back: the same program in Moddable's simulator and in ours, which
 * differ in `meter`. The functions are exported so that they stay: what is no longer needed of this program must not be mistaken for less
 * memory of the client.
 */
import config from "mc/config";
import { collect, measure } from "meter";
import Time from "time";
import Timer from "timer";
import { connect } from "xs-mqtt";

const payload = new Uint8Array(64);

/** Messages that are under way at once: as many as the client's window at QoS 1, and no more than the socket's buffers take. */
const batch = 8;

/** Rounds in which bytes are counted: so few that the heap needs no collection meanwhile. */
const counted = 4;

/** Milliseconds for which messages are counted. */
const duration = 2000;

const figures = {};
let client;
let topic;
let missing;
let ended;
let onEnd;

export function begin() {
  collect();
  figures.before = measure();
  client = connect(config.broker, { onConnected, onDisconnected });
}

/** In a turn of its own: what connecting still holds is not the client's. */
export function onConnected() {
  Timer.set(connected, 0);
}

/** What is lost must not be measured. */
export function onDisconnected(error) {
  throw error;
}

export function connected() {
  collect();
  figures.idle = measure();
  void load();
}

export async function load() {
  figures.load = [await at(0), await at(1)];
  await client.publish("figures", JSON.stringify(figures), { qos: 1 });
}

export async function at(qos) {
  const name = `load/${qos}`;
  topic = client.topic(name, { qos });
  await client.subscribe(name, { qos }, take);
  await rounds((done) => done === counted);
  collect();
  const empty = allocated(measure(), measure());
  const before = measure();
  await rounds((done) => done === counted);
  const bytes = (allocated(before, measure()) - empty) / counted / batch;
  const start = Time.ticks;
  const done = await rounds(() => Time.ticks - start >= duration);
  return { bytes: Math.round(bytes), perSecond: Math.round((1000 * done * batch) / (Time.ticks - start)) };
}

export function allocated(before, after) {
  return after.slots + after.chunks - before.slots - before.chunks;
}

/** Sends and gets messages in batches. @returns how many batches it were. */
export function rounds(isEnd) {
  let done = 0;
  ended = () => isEnd(++done);
  return new Promise((resolve) => {
    onEnd = () => resolve(done);
    publish();
  });
}

export function publish() {
  missing = batch;
  for (let i = 0; i < batch; i++) if (!topic.publish(payload)) throw new Error("the queue is full");
}

export function take() {
  if (--missing > 0) return;
  if (ended()) onEnd();
  else publish();
}

Timer.set(begin, 0);
