/** The client on Node against real brokers: what test/interoperability does not try. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { startBroker, type Broker } from "../../boards/simulator/tools/broker.js";
import type { ConnectOptions, Message } from "../../src/client/options.js";
import { EventQueue } from "./event-queue.js";
import { peer } from "./mqtt-js.js";
import { subject } from "./network.js";

interface Target {
  readonly name: string;
  readonly kind: "mosquitto" | "aedes";
  readonly options: ConnectOptions;
  /** What the connection comes to. */
  readonly version: 4 | 5;
}

const targets: readonly Target[] = [
  { name: "mosquitto with MQTT 5.0", kind: "mosquitto", options: {}, version: 5 },
  { name: "mosquitto with 3.1.1", kind: "mosquitto", options: { version: 4 }, version: 4 },
  { name: "aedes, 3.1.1 by fall-back", kind: "aedes", options: {}, version: 4 },
];

function textOf(message: Message): string {
  return `${message.topic} ${message.text()} ${message.qos}${message.retain ? " retained" : ""}`;
}

for (const { name, kind, options, version } of targets)
  suite(name, () => {
    let broker: Broker;
    let url: string;
    const protocolVersion = version;

    before(async () => {
      broker = await startBroker({ kind });
      url = broker.url;
    });
    after(() => broker.stop());

    test("connects with the right version", async (t) => {
      const { client } = subject(t, url, { ...options, id: "" });
      const { version: got, resumed, id } = await client.ready();
      deepEqual([got, resumed], [version, false]);
      // MQTT 5.0 names the unnamed.
      equal(id !== "", version === 5);
    });

    test("a hundred messages at each QoS arrive once and in order", async (t) => {
      const { client } = subject(t, url, { ...options, queue: 300 });
      const got: string[] = [];
      const done = new EventQueue<void>();
      await client.subscribe("many", { qos: 2 }, (message) => {
        got.push(`${message.qos}:${message.text()}`);
        if (got.length === 300) done.push();
      });
      const calls = ([0, 1, 2] as const).flatMap((qos) => Array.from({ length: 100 }, (_, i) => client.publish("many", String(i), { qos })));
      await Promise.all(calls);
      await done.next();
      for (const qos of [0, 1, 2])
        deepEqual(got.filter((each) => each.startsWith(`${qos}:`)), Array.from({ length: 100 }, (_, i) => `${qos}:${i}`));
    });

    test("a broker that is killed and started again on its port gets the client and its messages back", async (t) => {
      const own = await startBroker({ kind });
      const { client, connections, disconnections } = subject(t, own.url, { ...options, reconnect: { minimum: 20, maximum: 50 } });
      const got = new EventQueue<string>();
      await client.subscribe("again", { qos: 1 }, (message) => got.push(textOf(message)));
      equal((await connections.next()).version, version);
      await own.kill();
      equal((await disconnections.next()).error.kind, "transport");
      const waiting = client.publish("again", "from the outage", { qos: 1 });
      const restarted = await startBroker({ kind, port: own.port });
      t.after(() => restarted.stop());
      deepEqual((({ version: v, resumed }) => [v, resumed])(await connections.next()), [version, false]);
      ok((await waiting) < 0x80);
      equal(await got.next(), "again from the outage 1");
      const other = await peer(t, restarted.url, { protocolVersion });
      await other.client.publishAsync("again", "from the other side", { qos: 1 });
      equal(await got.next(), "again from the other side 1");
    });
  });
