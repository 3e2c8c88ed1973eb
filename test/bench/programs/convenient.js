/** Our client by its convenient path: promises and text. */
import { connect } from "xs-mqtt";

const TOPIC = "bench/topic";
const payload = new Uint8Array(64);

let client;
let options;
let taken = 0;

function fail(error) {
  throw error;
}

function take(message) {
  taken += message.text().length;
}

/** Connects with the default options. */
export function open(port, onConnected) {
  client = connect(`mqtt://127.0.0.1:${port}`, { onConnected, onDisconnected: fail });
}

export function prepare(qos) {
  options = { qos };
}

export async function publish(count) {
  while (count-- > 0) await client.publish(TOPIC, payload, options);
}

export function subscribe(qos, onSubscribed) {
  client.subscribe(TOPIC, { qos }, take).then(onSubscribed);
}

/** Bytes of payload so far. */
export const received = () => taken;
