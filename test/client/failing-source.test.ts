/** Payload sources that fail: each publication ends once, and the client goes on or comes back. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { MqttError } from "../../src/protocol/error.js";
import type { PayloadSource } from "../../src/protocol/session/publication.js";
import { Attacked } from "../hostile/attacked.js";

const failing: PayloadSource = {
  byteLength: 4,
  read: () => {
    throw new Error("no file");
  },
};

for (const qos of [0, 1] as const) {
  test(`a call at QoS ${qos} whose source fails on a client that does not come back: it rejects, and no other rejection is left over`, async (t) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    t.after(() => process.off("unhandledRejection", note));
    const attacked = new Attacked(t, { reconnect: false });
    attacked.greet();
    await rejects(attacked.client.publish("a", failing, { qos }), { kind: "configuration", message: /no file/ });
    await attacked.settle();
    deepEqual(unhandled, []);
    deepEqual(attacked.ends.map(([kind, , , final]) => [kind, final]), [["configuration", true]]);
  });

  test(`a prepared topic at QoS ${qos} whose source fails on a client that does not come back: onSettled is told once`, (t) => {
    const attacked = new Attacked(t, { reconnect: false });
    attacked.greet();
    const settled: unknown[] = [];
    const topic = attacked.client.topic("a", { qos, onSettled: (reasonCode) => void settled.push(reasonCode) });
    equal(topic.stream(failing), true);
    deepEqual(settled, [0x80]);
  });
}

for (const version of [4, 5] as const)
  test(`early, a source that fails before the CONNACK of version ${version}: the publication is refused, and the client comes back`, async (t) => {
    const attacked = new Attacked(t, { early: true, version });
    const call = attacked.client.publish("a", failing, { qos: 1 }).catch((error: unknown) => (error instanceof MqttError ? error.kind : error));
    attacked.accept();
    deepEqual(attacked.ends.map(([kind, , message, final]) => [kind, /no file/.test(message), final]), [["configuration", true, false]]);
    attacked.greet(version === 5 ? undefined : "20 02 00 00");
    equal(attacked.client.connected?.version, version);
    equal(await call, "configuration");
  });

for (const qos of [0, 1] as const)
  test(`a source that closes the client in the middle of its payload at QoS ${qos}: the call rejects`, async (t) => {
    const attacked = new Attacked(t);
    attacked.greet();
    let reads = 0;
    const read = (_offset: number, count: number): Uint8Array => {
      if (++reads === 2) void attacked.client.close();
      return new Uint8Array(Math.min(count, 100));
    };
    await rejects(attacked.client.publish("a", { byteLength: 600, read }, { qos }), { kind: "transport" });
    equal(reads, 2);
  });
