/**
 * A client on Node against the sink, in a process of its own: `node-client.js CLIENT CASE PORT CONTROL`. Writes one line of JSON: messages
 * a second, and processor time in microseconds for a message.
 */
import { connect as connectSocket, type Socket } from "node:net";
import { connectAsync } from "mqtt";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import type * as XsMqtt from "../../boards/node/index.js";
import { PAYLOAD, Request, TOPIC } from "./sink.js";

/** Messages in a round, and rounds; the first are not measured. */
const BATCH = 200;
const ROUNDS = 60;
const WARM_UP = 20;

const { connect } = (await import(pathToFileURL(join(projectRoot, "dist/node.js")).href)) as typeof XsMqtt;

const payload = new Uint8Array(PAYLOAD);

/** A client as the rounds use it. */
interface Driver {
  publish(): Promise<unknown>;
  subscribe(onMessage: () => void): Promise<unknown>;
}

async function xsMqtt(url: string, qos: 0 | 1): Promise<Driver> {
  const client = connect(url);
  await client.ready();
  return { publish: () => client.publish(TOPIC, payload, { qos }), subscribe: (onMessage) => client.subscribe(TOPIC, onMessage) };
}

/** The path that allocates nothing. */
async function prepared(url: string, qos: 0 | 1): Promise<Driver> {
  const client = connect(url);
  await client.ready();
  let settle: () => void = () => undefined;
  const topic = client.topic(TOPIC, { qos, onSettled: () => settle() });
  const publish = (): Promise<void> => new Promise((resolve) => {
    settle = resolve;
    topic.publish(payload);
  });
  return { publish, subscribe: (onMessage) => client.subscribe(TOPIC, onMessage) };
}

async function mqttJs(url: string, qos: 0 | 1): Promise<Driver> {
  const client = await connectAsync(url, { protocolVersion: 5 });
  const bytes = Buffer.from(payload);
  return {
    publish: () => client.publishAsync(TOPIC, bytes, { qos }),
    async subscribe(onMessage) {
      client.on("message", onMessage);
      await client.subscribeAsync(TOPIC);
    },
  };
}

const drivers: Readonly<Record<string, (url: string, qos: 0 | 1) => Promise<Driver>>> = { "xs-mqtt": xsMqtt, "xs-mqtt prepared": prepared, "mqtt.js": mqttJs };

async function ask(control: Socket, operation: number): Promise<void> {
  control.write(Uint8Array.of(operation, 0, 0, BATCH));
  await new Promise((resolve) => control.once("data", resolve));
}

async function main([name = "", which = "", port = "", controlPort = ""]: readonly string[]): Promise<void> {
  const open = drivers[name];
  if (open === undefined) throw new Error(`no client ${name}: ${Object.keys(drivers).join(", ")}`);
  const driver = await open(`mqtt://127.0.0.1:${port}`, which === "publish1" ? 1 : 0);
  const control = connectSocket({ port: Number(controlPort), host: "127.0.0.1", noDelay: true });
  let received = 0;
  let expected = 0;
  let arrived: () => void = () => undefined;
  if (which === "receive0")
    await driver.subscribe(() => {
      if (++received === expected) arrived();
    });

  const round = async (): Promise<void> => {
    if (which === "receive0") {
      expected += BATCH;
      const all = new Promise<void>((resolve) => (arrived = resolve));
      await Promise.all([ask(control, Request.SEND), all]);
    } else {
      for (let i = 0; i < BATCH; i++) await driver.publish();
      await ask(control, Request.COUNT);
    }
  };

  for (let i = 0; i < WARM_UP; i++) await round();
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  for (let i = 0; i < ROUNDS; i++) await round();
  const { user, system } = process.cpuUsage(before);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const count = BATCH * ROUNDS;
  process.stdout.write(`${JSON.stringify({ perSecond: Math.round(count / seconds), microseconds: Number(((user + system) / count).toFixed(2)) })}\n`);
  process.exit(0);
}

await main(process.argv.slice(2));
