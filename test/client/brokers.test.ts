/** The client on Node against real brokers, with MQTT.js as the other side. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { startBroker, type Broker } from "../../boards/simulator/tools/broker.js";
import type { ConnectOptions, Message } from "../../src/client/options.js";
import { pattern } from "../protocol/support/bytes.js";
import { EventQueue } from "./event-queue.js";
import { peer } from "./mqtt-js.js";
import { subject } from "./network.js";
import { Proxy } from "./proxy.js";

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

const MEBIBYTE = pattern(1 << 20);

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

    for (const qos of [0, 1, 2] as const) {
      test(`publishes at QoS ${qos}`, async (t) => {
        const { client } = subject(t, url, options);
        const other = await peer(t, url, { protocolVersion });
        await other.client.subscribeAsync(`out/${qos}`, { qos });
        ok((await client.publish(`out/${qos}`, "hällo", { qos })) < 0x80);
        const { payload, qos: got } = await other.messages.next();
        deepEqual([String(payload), got], ["hällo", qos]);
      });

      test(`receives at QoS ${qos}`, async (t) => {
        const { client } = subject(t, url, options);
        const other = await peer(t, url, { protocolVersion });
        const got = new EventQueue<string>();
        equal(await client.subscribe(`in/+`, { qos }, (message) => got.push(textOf(message))), qos);
        // Resolves at the end of the handshake with the broker.
        await other.client.publishAsync("in/a", "hällo", { qos });
        equal(await got.next(), `in/a hällo ${qos}`);
      });
    }

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

    test("a retained message is kept, and an empty payload clears it", async (t) => {
      const { client } = subject(t, url, options);
      const other = await peer(t, url, { protocolVersion });
      const live = new EventQueue<string>();
      await client.subscribe("kept/#", { qos: 1 }, (message) => live.push(textOf(message)));
      await client.publish("kept/a", "x", { qos: 1, retain: true });
      equal(await live.next(), "kept/a x 1");
      await other.client.subscribeAsync("kept/#", { qos: 1 });
      const { payload, retain } = await other.messages.next();
      deepEqual([String(payload), retain], ["x", true]);
      // A new subscription of ours gets it, too.
      await client.unsubscribe("kept/#");
      await client.subscribe("kept/#", { qos: 1 }, (message) => live.push(textOf(message)));
      equal(await live.next(), "kept/a x 1 retained");
      await other.client.publishAsync("kept/a", "", { qos: 1, retain: true });
      equal(await live.next(), "kept/a  1");
      await client.unsubscribe("kept/#");
      await client.subscribe("kept/#", { qos: 1 }, (message) => live.push(textOf(message)));
      // Nothing is kept: the next message is the next that is published.
      await client.publish("kept/b", "y", { qos: 1 });
      equal(await live.next(), "kept/b y 1");
    });

    test("the will is published when the link is cut, not when the client closes", async (t) => {
      const proxy = await Proxy.start(t, broker.port);
      const other = await peer(t, url, { protocolVersion });
      await other.client.subscribeAsync("status/#", { qos: 1 });
      const will = (id: string): ConnectOptions => ({ ...options, id, will: { topic: `status/${id}`, payload: "offline", qos: 1 } });
      const closing = subject(t, proxy.url, will("closing"));
      await closing.client.ready();
      await closing.client.close();
      const cut = subject(t, proxy.url, will("cut"));
      await cut.client.ready();
      proxy.cut();
      const { topic, payload } = await other.messages.next();
      deepEqual([topic, String(payload)], ["status/cut", "offline"]);
    });

    test("a resumed session gets what was published meanwhile", async (t) => {
      const proxy = await Proxy.start(t, broker.port);
      const { client, disconnections, connections } = subject(t, proxy.url, { ...options, id: "sleeper", clean: false });
      const other = await peer(t, url, { protocolVersion });
      const got = new EventQueue<string>();
      await client.subscribe("meanwhile", { qos: 2 }, (message) => got.push(textOf(message)));
      equal((await connections.next()).resumed, false);
      proxy.cut();
      await disconnections.next();
      for (const [i, qos] of ([1, 2, 1] as const).entries()) await other.client.publishAsync("meanwhile", String(i), { qos });
      const late = client.publish("meanwhile", "mine", { qos: 2 });
      proxy.mend();
      equal((await connections.next()).resumed, true);
      ok((await late) < 0x80);
      const messages = [await got.next(), await got.next(), await got.next(), await got.next()];
      deepEqual(messages.filter((each) => !each.includes("mine")), ["meanwhile 0 1", "meanwhile 1 2", "meanwhile 2 1"]);
      deepEqual(got.left, []);
    });

    test("1 MiB goes out at QoS 2 from a source, with the default buffers", async (t) => {
      const { client } = subject(t, url, options);
      const other = await peer(t, url, { protocolVersion });
      await other.client.subscribeAsync("large/out", { qos: 2 });
      const code = await client.publish("large/out", { byteLength: MEBIBYTE.length, read: (offset, count) => MEBIBYTE.subarray(offset, offset + count) }, { qos: 2 });
      ok(code < 0x80);
      ok(Buffer.from(MEBIBYTE).equals((await other.messages.next()).payload as Buffer));
    });

    test("1 MiB comes in at QoS 2 in pieces, with the default buffers", async (t) => {
      const { client } = subject(t, url, options);
      const other = await peer(t, url, { protocolVersion });
      const got = new Uint8Array(MEBIBYTE.length);
      let largest = 0;
      const done = new EventQueue<void>();
      await client.subscribe("large/in", { qos: 2, pieces: true }, (message) => {
        got.set(message.payload, message.offset);
        largest = Math.max(largest, message.payload.length);
        if (!message.more) done.push();
      });
      await other.client.publishAsync("large/in", Buffer.from(MEBIBYTE), { qos: 2 });
      await done.next();
      ok(Buffer.from(MEBIBYTE).equals(got));
      ok(largest <= 512);
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
