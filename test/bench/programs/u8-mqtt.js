/** The npm package u8-mqtt, in its smallest build (3.1.1, no router), over a TCP socket of ECMA-419. It has no QoS 2 and no streams. */
import "web";
import TCP from "embedded:io/socket/tcp";
import mqtt from "u8-mqtt";

const TOPIC = "bench/topic";
const payload = new Uint8Array(64);

let client;
let publishOne;
let taken = 0;

function ignore() {
  // Nothing waits for it.
}

const handlers = {
  mqtt_publish(packet, { mqtt: receiver }) {
    taken += packet.payload.length;
    if (packet.qos > 0) receiver.puback(packet);
  },
};

export function open(port, onConnected) {
  let onChunk;
  let connected;
  const gate = new Promise((resolve) => (connected = resolve));
  const socket = new TCP({
    address: "127.0.0.1",
    port,
    noDelay: true,
    onWritable() {
      connected();
    },
    onReadable(count) {
      onChunk(new Uint8Array(this.read(count)));
    },
  });
  client = mqtt({ on_mqtt_type: handlers });
  client.conn.setup(gate, (packet) => void socket.write(packet), (onMqttChunk) => (onChunk = onMqttChunk));
  client.connect({ client_id: "bench" }).then(onConnected);
}

export function prepare(qos) {
  // Its own way to publish at QoS 0, post(), throws in 0.6.7; this is what post() calls.
  if (qos === 0) publishOne = () => client._send("publish", { topic: TOPIC, payload, qos });
  else publishOne = () => client.send(TOPIC, payload);
}

export async function publish(count) {
  while (count-- > 0) await publishOne();
}

export function subscribe(qos, onSubscribed) {
  client.subscribe(TOPIC, { qos }).then(onSubscribed);
}

/** Bytes of payload so far. */
export const received = () => taken;

/** Publishes at QoS 1 as soon as the client allows it. */
export async function wake(port, onAcknowledged) {
  open(port, ignore);
  await client.send(TOPIC, payload);
  onAcknowledged();
}

export function close() {
  return client.disconnect();
}
