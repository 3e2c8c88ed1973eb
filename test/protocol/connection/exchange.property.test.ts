import fc from "fast-check";
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { version } from "../support/arbitraries.js";
import { ModelClient, type ClientOptions } from "./model-client.js";
import { ModelServer, payloadOf } from "./model-server.js";

const number = fc.nat({ max: 20 });
const bytes = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 200 }));

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("publish"), qos: fc.constantFrom(0, 1, 2), bytes: fc.integer({ min: 2, max: 70 }), number }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("server publishes"), qos: fc.constantFrom(0, 1, 2), bytes: fc.integer({ min: 2, max: 150 }), number }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("to server"), qos: fc.constant(0), bytes, number }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("to client"), qos: fc.constant(0), bytes, number }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom("answer", "room", "acknowledge", "release", "subscribe"), qos: fc.constant(0), bytes, number }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut"), qos: fc.constant(0), bytes, number }) },
  ),
  { maxLength: 120, size: "max" },
);

const settings = fc.record({
  version, inFlight: fc.integer({ min: 1, max: 5 }), receiveMaximum: fc.integer({ min: 1, max: 5 }), serverMaximum: fc.integer({ min: 1, max: 4 }),
  window: fc.integer({ min: 10, max: 90 }), sendBuffer: fc.integer({ min: 24, max: 64 }), receiveBuffer: fc.integer({ min: 16, max: 100 }),
});

type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;

/** A client and a server, what is on its way between them, and a network that fails. */
class World {
  readonly server: ModelServer;
  readonly client: ModelClient;
  /** Messages of the server by tag: QoS, and whether the session was lost meanwhile. */
  readonly sent = new Map<number, { readonly qos: number; lost: boolean }>();
  #wire: number[] = [];
  /** The Session Present of the last CONNACK. */
  #present = false;

  constructor(options: ClientOptions & { readonly serverMaximum: number }) {
    this.server = new ModelServer(options.version, options.serverMaximum, options.receiveMaximum);
    this.client = new ModelClient(options);
    this.client.connect();
    this.server.connect(false);
  }

  do({ kind, qos, bytes, number }: Step): void {
    const { client, server } = this;
    if (kind === "publish") client.publish(qos, bytes, number);
    else if (kind === "server publishes") {
      const tag = this.sent.size + 1;
      if (server.publish(qos, payloadOf(tag, bytes))) this.sent.set(tag, { qos, lost: false });
    } else if (kind === "to server") this.toServer(bytes);
    else if (kind === "to client") this.toClient(bytes, number);
    else if (kind === "answer") server.answer(number);
    else if (kind === "room") client.room(bytes);
    else if (kind === "acknowledge") client.acknowledge(number);
    else if (kind === "release") client.release();
    else if (kind === "subscribe") client.subscribe();
    else this.cut(number > 3);
  }

  toServer(count: number): void {
    this.#wire.push(...this.client.transport.take());
    this.server.receive(this.#wire.splice(0, count));
  }

  toClient(count: number, choice: number): void {
    this.client.choice = choice;
    this.server.toClient.splice(0, this.client.receive(this.server.toClient.slice(0, count)));
  }

  /** The network fails, what is on its way is gone, the client comes back. */
  cut(keep: boolean): void {
    // What a CONNACK that never came would have said must be said again: neither side can tell a new session from the old one.
    const sessionPresent = keep && this.client.established && (this.#present || this.client.connected);
    this.#present = sessionPresent;
    this.client.cut();
    this.#wire = [];
    if (!sessionPresent) for (const message of this.sent.values()) message.lost = true;
    this.client.connect();
    this.server.connect(sessionPresent);
  }

  /** Nothing fails any more, nobody waits: everything comes to its end. */
  settle(): void {
    for (let i = 0; i < 300; i++) {
      this.client.room(1000);
      this.toServer(1000);
      this.server.answer(0);
      this.toClient(1000, 0);
      this.client.release();
      this.client.acknowledge(0);
    }
  }

  check(): void {
    const { client, server } = this;
    equal(client.unfinished, 0, "no exchange is left over in the client's session");
    equal(server.unfinished, 0, "nor on the server");
    for (const { tag, qos, told, success } of client.fates) {
      const arrived = server.arrived.get(tag) ?? 0;
      equal(told, 1, `publication ${tag} at QoS ${qos} is settled once`);
      if (success && qos > 0) ok(arrived > 0, `publication ${tag} at QoS ${qos} arrived`);
      if (qos !== 1) ok(arrived <= 1, `publication ${tag} at QoS ${qos} arrived ${arrived} times`);
    }
    for (const [tag, { qos, lost }] of this.sent) {
      const taken = client.taken.get(tag) ?? 0;
      if (qos > 0 && !lost) ok(taken > 0, `message ${tag} at QoS ${qos} was taken`);
      if (qos !== 1) ok(taken <= 1, `message ${tag} at QoS ${qos} was taken ${taken} times`);
    }
    for (const qos of [0, 1, 2]) {
      const arrived = [...server.arrived.keys()].filter((tag) => client.fates[tag - 1]?.qos === qos);
      deepEqual(arrived, [...arrived].sort((a, b) => a - b), `publications at QoS ${qos} keep their order`);
      const taken = [...client.taken.keys()].filter((tag) => this.sent.get(tag)?.qos === qos);
      deepEqual(taken, [...taken].sort((a, b) => a - b), `messages at QoS ${qos} keep their order`);
    }
  }
}

test("over any network at least once, exactly once, in order, within all limits, and every publication is settled", () => {
  fc.assert(
    fc.property(settings, steps, (options, list) => {
      const world = new World(options);
      for (const step of list) world.do(step);
      world.settle();
      world.check();
    }),
    { numRuns: 1000 },
  );
});
