/** What the client does with every broker: the rows of docs/interoperability.md. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Message } from "../../src/client/options.js";
import { EventQueue } from "../client/event-queue.js";
import type { Peer } from "../client/mqtt-js.js";
import { pattern } from "../protocol/support/bytes.js";
import type { Cell } from "./cell.js";
import { mosquittoPub, mosquittoSub } from "./mosquitto-clients.js";

export interface Feature {
  readonly name: string;
  /** It is over before MQTT begins, whatever version the broker speaks. */
  readonly early?: boolean;
  readonly run: (cell: Cell) => Promise<void>;
}

const MEBIBYTE = pattern(1 << 20);

function textOf(message: Message): string {
  return `${message.text()} ${message.qos}${message.retain ? " retained" : ""}`;
}

async function connects(cell: Cell): Promise<void> {
  const { version, resumed } = await cell.connect().client.ready();
  deepEqual([version, resumed], [cell.column.version, false]);
}

function publishes(qos: 0 | 1 | 2): Feature[] {
  const publish = async (cell: Cell): Promise<void> => ok((await cell.connect().client.publish(cell.topic, "hällo", { qos })) < 0x80);
  return [
    {
      name: `QoS ${qos} to MQTT.js`,
      run: async (cell) => {
        const { client, messages } = await cell.peer();
        await client.subscribeAsync(cell.topic, { qos });
        await publish(cell);
        const { payload, qos: got } = await messages.next();
        deepEqual([String(payload), got], ["hällo", qos]);
      },
    },
    {
      name: `QoS ${qos} to mosquitto_sub`,
      run: async (cell) => {
        const messages = await mosquittoSub(cell.test, { port: cell.peerPort, version: cell.column.version, topic: cell.topic, qos });
        await publish(cell);
        equal(await messages.next(), `${qos} hällo`);
      },
    },
  ];
}

function receives(qos: 0 | 1 | 2): Feature[] {
  const subscribed = async (cell: Cell): Promise<EventQueue<string>> => {
    const got = new EventQueue<string>();
    equal(await cell.connect().client.subscribe(cell.topic, { qos }, (message) => got.push(textOf(message))), qos);
    return got;
  };
  return [
    {
      name: `QoS ${qos} from MQTT.js`,
      run: async (cell) => {
        const got = await subscribed(cell);
        const { client } = await cell.peer();
        await client.publishAsync(cell.topic, "hällo", { qos });
        equal(await got.next(), `hällo ${qos}`);
      },
    },
    {
      name: `QoS ${qos} from mosquitto_pub`,
      run: async (cell) => {
        const got = await subscribed(cell);
        await mosquittoPub({ port: cell.peerPort, version: cell.column.version, topic: cell.topic, qos }, "hällo");
        equal(await got.next(), `hällo ${qos}`);
      },
    },
  ];
}

async function retains(cell: Cell): Promise<void> {
  const { client } = cell.connect();
  const other = await cell.peer();
  await client.publish(cell.topic, "x", { qos: 1, retain: true });
  await other.client.subscribeAsync(cell.topic, { qos: 1 });
  const { payload, retain } = await other.messages.next();
  deepEqual([String(payload), retain], ["x", true]);
  const got = new EventQueue<string>();
  await client.subscribe(cell.topic, { qos: 1 }, (message) => got.push(textOf(message)));
  equal(await got.next(), "x 1 retained");
  // An empty payload clears it; a new subscription of the same topic would bring what is kept.
  await other.client.publishAsync(cell.topic, "", { qos: 1, retain: true });
  equal(await got.next(), " 1");
  await client.unsubscribe(cell.topic);
  await client.subscribe(cell.topic, { qos: 1 }, (message) => got.push(textOf(message)));
  await client.publish(cell.topic, "y", { qos: 1 });
  equal(await got.next(), "y 1");
}

async function leavesWill(cell: Cell): Promise<void> {
  const proxy = await cell.proxy();
  const other = await cell.peer();
  await other.client.subscribeAsync(`${cell.topic}/+`, { qos: 1 });
  for (const name of ["closed", "cut"]) {
    const { client } = cell.connect({ id: `${cell.topic}-${name}`, will: { topic: `${cell.topic}/${name}`, payload: "offline", qos: 1 } }, { port: proxy.port });
    await client.ready();
    // Who closes takes the will along.
    if (name === "closed") await client.close();
  }
  proxy.cut();
  const { topic, payload } = await other.messages.next();
  deepEqual([topic, String(payload)], [`${cell.topic}/cut`, "offline"]);
}

async function resumes(cell: Cell): Promise<void> {
  const proxy = await cell.proxy();
  const { client, disconnections, connections } = cell.connect({ clean: false }, { port: proxy.port });
  const other = await cell.peer();
  const got = new EventQueue<string>();
  await client.subscribe(cell.topic, { qos: 2 }, (message) => got.push(textOf(message)));
  equal((await connections.next()).resumed, false);
  proxy.cut();
  await disconnections.next();
  for (const [i, qos] of ([1, 2, 1] as const).entries()) await other.client.publishAsync(cell.topic, String(i), { qos });
  const late = client.publish(cell.topic, "mine", { qos: 2 });
  proxy.mend();
  equal((await connections.next()).resumed, true);
  ok((await late) < 0x80);
  const messages = [await got.next(), await got.next(), await got.next(), await got.next()];
  deepEqual(messages.filter((each) => !each.startsWith("mine")), ["0 1", "1 2", "2 1"]);
  deepEqual(got.left, []);
}

async function sendsLarge(cell: Cell): Promise<void> {
  const { client } = cell.connect();
  const other = await cell.peer();
  await other.client.subscribeAsync(cell.topic, { qos: 2 });
  const code = await client.publish(cell.topic, { byteLength: MEBIBYTE.length, read: (offset, count) => MEBIBYTE.subarray(offset, offset + count) }, { qos: 2 });
  ok(code < 0x80);
  ok(Buffer.from(MEBIBYTE).equals((await other.messages.next()).payload as Buffer));
}

async function receivesLarge(cell: Cell): Promise<void> {
  const { client } = cell.connect();
  const other = await cell.peer();
  const received = new Uint8Array(MEBIBYTE.length);
  let largest = 0;
  let done = false;
  const got = new EventQueue<void>();
  await client.subscribe(cell.topic, { qos: 2, pieces: true }, (message) => {
    received.set(message.payload, message.offset);
    largest = Math.max(largest, message.payload.length);
    done = !message.more;
    if (done) got.push();
  });
  await other.client.publishAsync(cell.topic, Buffer.from(MEBIBYTE), { qos: 2 });
  await keepBusy(other, cell.topic, () => done);
  await got.next();
  ok(Buffer.from(MEBIBYTE).equals(received));
  // In the default receive buffer.
  ok(largest <= 512);
}

/** Gives the broker something to do: mosquitto 2.0 writes 4 KiB to a WebSocket whenever anything happens, otherwise every 100 ms. */
async function keepBusy({ client }: Peer, topic: string, done: () => boolean): Promise<void> {
  while (!done()) await client.publishAsync(`${topic}/busy`, "", { qos: 1 });
}

export const features: readonly Feature[] = [
  { name: "connect", run: connects },
  ...([0, 1, 2] as const).flatMap(publishes),
  ...([0, 1, 2] as const).flatMap(receives),
  { name: "retained message: kept, delivered, cleared", run: retains },
  { name: "will of a lost link", run: leavesWill },
  { name: "session resumed after a lost link", run: resumes },
  { name: "1 MiB out, from a source", run: sendsLarge },
  { name: "1 MiB in, in pieces", run: receivesLarge },
];
