/** Our client by its path that allocates nothing: a topic prepared once, handlers that look at bytes. */
import { connect } from "xs-mqtt";

const TOPIC = "bench/topic";
const payload = new Uint8Array(64);

/** Parts of a payload, by the logarithm of their size: made before, so that giving one allocates nothing. */
const BLOCK = 512;
const parts = [1, 2, 4, 8, 16, 32, 64, 128, 256, BLOCK].map((size) => new Uint8Array(size));

let client;
let topic;
let taken = 0;

function fail(error) {
  throw error;
}

function onSettled() {
  // The payload may be reused: it stays as it is.
}

function take(message) {
  taken += message.end - message.start;
}

/** Connects with the default options. */
export function open(port, onConnected) {
  client = connect(`mqtt://127.0.0.1:${port}`, { onConnected, onDisconnected: fail });
}

export function prepare(qos) {
  topic = client.topic(TOPIC, { qos, onSettled });
}

export function publish(count) {
  while (count-- > 0) if (!topic.publish(payload)) throw new Error("the queue is full");
}

export function subscribe(qos, onSubscribed) {
  client.subscribe(TOPIC, { qos }, take).then(onSubscribed);
}

/** Bytes of payload so far. */
export const received = () => taken;

/** Publishes at QoS 1 without waiting for CONNACK, as a node that has just woken up. */
export function wake(port, onAcknowledged) {
  client = connect(`mqtt://127.0.0.1:${port}`, { early: true, onDisconnected: fail });
  client.topic(TOPIC, { qos: 1, onSettled: onAcknowledged }).publish(payload);
}

export function close() {
  return client.close();
}

/** Publishes a payload from a source, in parts of at most 512 bytes. */
export function streamOut(byteLength, moved, onDone) {
  const source = {
    byteLength,
    read(offset, count) {
      const part = parts[count < BLOCK ? 31 - Math.clz32(count) : 9];
      moved(part.length);
      return part;
    },
  };
  client.topic(TOPIC, { onSettled: onDone }).stream(source);
}

/** Takes payloads in pieces. */
export function streamIn(moved, onSubscribed) {
  client.subscribe(TOPIC, { pieces: true }, (message) => moved(message.end - message.start)).then(onSubscribed);
}
