/** Publishes a payload at QoS 2 from a source and takes it back in pieces: neither is ever in memory as a whole. */
import { args, collect, emit, exit, measure } from "simulator";
import { connect } from "xs-mqtt";

const [url, size] = [args[0], Number(args[1])];
const block = new Uint8Array(256).map((_, index) => index);
let received = 0;
let wrong = 0;

const source = {
  byteLength: size,
  read(offset, count) {
    const start = offset & 0xff;
    return block.subarray(start, Math.min(start + count, 256));
  },
};

const client = connect(url);
await client.ready();
collect();
const idle = measure();
let arrived;
const whole = new Promise((resolve) => (arrived = resolve));
await client.subscribe("large", { qos: 2, pieces: true }, (message) => {
  for (let i = message.start; i < message.end; i++) if (message.bytes[i] !== ((received++) & 0xff)) wrong++;
  if (!message.more) arrived();
});
const reasonCode = await client.publish("large", source, { qos: 2 });
await whole;
const { peakSlots, peakChunks } = measure();
emit({ event: "large", reasonCode, received, wrong, peak: peakSlots + peakChunks, idle: idle.slots + idle.chunks });
await client.close();
exit(0);
