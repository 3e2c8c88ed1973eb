/** Our client by its path that allocates nothing: a topic prepared once, handlers that look at bytes. */
import { connect } from "xs-mqtt";

const TOPIC = "bench/topic";
const payload = new Uint8Array(64);

/** Parts of a payload: the view of a shorter one is kept, so that giving it again allocates nothing. */
const BLOCK = 512;
const block = new Uint8Array(BLOCK);

let client;
let topic;
let source;
let tail;
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

/** Makes ready to publish a payload from a source, in parts of at most 512 bytes. `moved`, if any, is told of each. */
export function prepareStream(byteLength, moved, onSettled) {
  topic = client.topic(TOPIC, { onSettled });
  tail = block.subarray(0, 1);
  source = {
    byteLength,
    read(offset, count) {
      if (count >= BLOCK) return block;
      return tail.length === count ? tail : (tail = block.subarray(0, count));
    },
  };
  if (moved === undefined) return;
  const { read } = source;
  source.read = (offset, count) => {
    const given = read(offset, count);
    moved(given.length);
    return given;
  };
}

export function stream() {
  topic.stream(source);
}

/** Takes payloads in pieces. `moved`, if any, is told of each. */
export function streamIn(moved, onSubscribed) {
  client.subscribe(TOPIC, { pieces: true }, moved === undefined ? take : (message) => moved(message.end - message.start)).then(onSubscribed);
}
