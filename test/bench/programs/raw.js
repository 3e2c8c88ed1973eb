/** No client: a loop that writes packets encoded before, or reads what comes into one buffer, on the socket itself. */
import TCP from "embedded:io/socket/tcp";

const CONNECT = Uint8Array.of(0x10, 13, 0, 4, 77, 81, 84, 84, 5, 2, 0, 0, 0, 0, 0);
const SUBSCRIBE = Uint8Array.of(0x82, 17, 0, 1, 0, 0, 11, 98, 101, 110, 99, 104, 47, 116, 111, 112, 105, 99, 0);
const PUBLISH = Uint8Array.of(0x30, 78, 0, 11, 98, 101, 110, 99, 104, 47, 116, 111, 112, 105, 99, 0, ...new Uint8Array(64));

/** Of a message: topic, its length, no properties. */
const HEADER = 16;
const PACKET = 80;
const BUFFER = 512;

let socket;
let buffer;
let tails;
let onPacket;
let taken = 0;

function onReadable(count) {
  if (onPacket !== undefined) {
    const answered = onPacket;
    onPacket = undefined;
    this.read(count);
    answered();
    return;
  }
  taken += count;
  while (count >= BUFFER) {
    this.read(buffer);
    count -= BUFFER;
  }
  if (count > 0) this.read((tails[count] ??= new Uint8Array(buffer.buffer, 0, count)));
}

/** Connects by a fixed CONNECT of MQTT 5.0. */
export function open(port, onConnected) {
  let greeted = false;
  buffer = new Uint8Array(BUFFER);
  tails = [];
  onPacket = onConnected;
  socket = new TCP({
    address: "127.0.0.1",
    port,
    noDelay: true,
    onReadable,
    onWritable() {
      if (greeted) return;
      greeted = true;
      this.write(CONNECT);
    },
  });
}

export function prepare() {
  // The packet is there already.
}

export function publish(count) {
  while (count-- > 0) socket.write(PUBLISH);
}

export function subscribe(qos, onSubscribed) {
  onPacket = onSubscribed;
  socket.write(SUBSCRIBE);
}

/** Bytes of payload so far, for bursts of whole messages. */
export const received = () => (taken / PACKET) * (PACKET - HEADER);
