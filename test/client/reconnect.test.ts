/** When the client comes back, over fake sockets and fake time. */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { connect } from "../../src/client/client.js";
import type { Client, ConnectOptions } from "../../src/client/options.js";
import type { MqttError } from "../../src/protocol/error.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork } from "./fake-network.js";

/** Lets Math.random give a fixed share of 1. */
function random(t: TestContext, share: number): void {
  t.mock.method(Math, "random", () => share);
}

const ALMOST_ONE = 1 - Number.EPSILON;

interface Bench {
  readonly clock: FakeClock;
  readonly network: FakeNetwork;
  readonly client: Client;
  readonly ends: { readonly error: MqttError; readonly final: boolean }[];
  /** Milliseconds until the next socket is made. */
  readonly delay: () => number;
  /** The connection is made, up to the CONNACK. */
  readonly greet: (connack?: string) => void;
}

function bench(t: TestContext, options: ConnectOptions = {}): Bench {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const ends: { error: MqttError; final: boolean }[] = [];
  const client = connect("mqtt://192.0.2.1", { ...network.provider, id: "c", keepAlive: 0, onDisconnected: (error, final) => ends.push({ error, final }), ...options });
  return {
    clock, network, client, ends,
    delay() {
      const before = network.sockets.length;
      for (let waited = 0; waited <= 4_000_000; waited++) {
        clock.advance(waited === 0 ? 0 : 1);
        if (network.sockets.length > before) return waited;
      }
      return Infinity;
    },
    greet(connack = "20 03 00 00 00") {
      network.socket.writable();
      network.socket.receive(connack);
    },
  };
}

test("the first attempt is made at once, but not inside connect", (t) => {
  const { network, clock } = bench(t);
  equal(network.sockets.length, 0);
  clock.advance();
  equal(network.sockets.length, 1);
});

test("delays double from minimum to maximum", (t) => {
  random(t, ALMOST_ONE);
  const { network, delay, ends } = bench(t, { reconnect: { minimum: 100, maximum: 1000 } });
  const delays: number[] = [];
  equal(delay(), 0);
  for (let i = 0; i < 6; i++) {
    network.socket.fail();
    delays.push(delay());
  }
  deepEqual(delays, [100, 200, 400, 800, 1000, 1000]);
  deepEqual(ends.map(({ error, final }) => [error.kind, final]), Array<unknown>(6).fill(["transport", false]));
  equal(network.open, 1);
});

test("a name that is not found is asked for again, after delays that double", (t) => {
  random(t, ALMOST_ONE);
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  connect("mqtt://broker.local", { ...network.provider, id: "c", reconnect: { minimum: 100, maximum: 1000 } });
  clock.advance(0);
  const delays = [1, 2, 3, 4, 5].map((asked) => {
    equal(network.resolvers.length, asked);
    network.resolver.request?.[0].onError("broker.local", new Error("no such name"));
    let waited = 0;
    while (network.resolvers.length === asked && waited < 2000) clock.advance(waited++ === 0 ? 0 : 1);
    return waited - 1;
  });
  deepEqual(delays, [100, 200, 400, 800, 1000]);
});

test("the defaults are 1 s and 60 s", (t) => {
  random(t, ALMOST_ONE);
  const { network, delay } = bench(t);
  const delays: number[] = [];
  delay();
  for (let i = 0; i < 8; i++) {
    network.socket.fail();
    delays.push(delay());
  }
  deepEqual(delays, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test("full jitter: a delay is drawn evenly from 0 to its ceiling", (t) => {
  const { network, delay } = bench(t, { reconnect: { minimum: 100, maximum: 100 } });
  delay();
  for (const [share, expected] of [[0, 0], [0.25, 25], [0.5, 50], [ALMOST_ONE, 100]] as const) {
    t.mock.method(Math, "random", () => share);
    network.socket.fail();
    equal(delay(), expected);
  }
});

test("a connection that was stable resets the delay", (t) => {
  random(t, ALMOST_ONE);
  const { network, clock, delay, greet } = bench(t, { reconnect: { minimum: 100, maximum: 1000, stable: 5000 } });
  delay();
  for (const expected of [100, 200]) {
    network.socket.fail();
    equal(delay(), expected);
  }
  greet();
  clock.advance(5000);
  network.socket.fail();
  equal(delay(), 100);
});

test("a connection that was not stable does not", (t) => {
  random(t, ALMOST_ONE);
  const { network, clock, delay, greet } = bench(t, { reconnect: { minimum: 100, maximum: 1000, stable: 5000 } });
  delay();
  for (const expected of [100, 200]) {
    network.socket.fail();
    equal(delay(), expected);
  }
  greet();
  clock.advance(4999);
  network.socket.fail();
  equal(delay(), 400);
});

test("a refusal that lasts leads to the longest delays at once", (t) => {
  random(t, ALMOST_ONE);
  const { delay, greet, ends } = bench(t, { reconnect: { minimum: 100, maximum: 1000 } });
  delay();
  greet("20 03 00 86 00");
  equal(delay(), 1000);
  deepEqual(ends.map(({ error, final }) => [error.reasonCode, final]), [[0x86, false]]);
});

test("a socket that says that its failure lasts leads to the longest delays at once, one that says nothing does not", (t) => {
  random(t, ALMOST_ONE);
  const { network, delay, ends } = bench(t, { reconnect: { minimum: 100, maximum: 1000 } });
  delay();
  network.socket.fail(new Error("no route"));
  equal(delay(), 100);
  network.socket.fail(Object.assign(new Error("the certificate is for somebody else"), { reasonCode: 0x87 }));
  equal(delay(), 1000);
  deepEqual(ends.map(({ error }) => [error.kind, error.reasonCode]), [["transport", 0x80], ["transport", 0x87]]);
  match(ends[1]?.error.message ?? "", /^cannot connect to .*: the certificate is for somebody else$/);
});

test("reconnect: false ends the client with the first failure", async (t) => {
  const { network, clock, client, delay, ends } = bench(t, { reconnect: false });
  delay();
  const waiting = client.ready();
  const queued = client.publish("a", "");
  network.socket.fail();
  deepEqual(ends.map(({ final }) => final), [true]);
  await rejects(waiting, { kind: "transport" });
  await rejects(queued, { kind: "transport" });
  await rejects(client.ready(), { kind: "transport" });
  await rejects(client.publish("a", ""), { kind: "transport" });
  equal(delay(), Infinity);
  deepEqual([network.open, clock.timers], [0, 0]);
});

test("reconnect: false still tries 3.1.1", (t) => {
  const { network, delay, greet, ends } = bench(t, { reconnect: false });
  delay();
  greet("20 03 00 84 00");
  equal(delay(), 0);
  greet("20 02 00 00");
  deepEqual(ends, []);
  equal(network.open, 1);
});

test("a socket that does not answer is given up after connectTimeout and released", (t) => {
  random(t, 0);
  const { network, clock, ends } = bench(t, { connectTimeout: 5000 });
  clock.advance(4999);
  deepEqual([ends.length, network.sockets.length], [0, 1]);
  clock.advance(1);
  deepEqual(ends.map(({ error }) => error.message), ["check host, port and network: within 5000 ms no answer came from 192.0.2.1:1883"]);
  equal(network.sockets[0]?.closed, true);
});

test("a broker that does not answer CONNECT is given up after connectTimeout", (t) => {
  const { network, clock, ends } = bench(t, { connectTimeout: 5000, version: 5 });
  clock.advance();
  network.socket.writable();
  clock.advance(5000);
  deepEqual(ends.map(({ error }) => error.message), ["the broker sent no CONNACK within 5000 ms: is it an MQTT broker?"]);
});

test("a missing PINGRESP ends the connection", (t) => {
  random(t, 0);
  const { network, clock, delay, greet, ends } = bench(t, { keepAlive: 20_000 });
  delay();
  greet();
  network.socket.taken();
  clock.advance(19_000);
  deepEqual(network.socket.taken(), ["C0 00"]);
  network.socket.receive("D0 00");
  clock.advance(19_000);
  deepEqual(network.socket.taken(), ["C0 00"]);
  clock.advance(10_000);
  deepEqual(ends.map(({ error }) => [error.kind, error.reasonCode]), [["transport", 0x8d]]);
});

test("the broker's Server Keep Alive goes before the option", (t) => {
  const { network, clock, delay, greet } = bench(t, { keepAlive: 600_000 });
  delay();
  greet("20 06 00 00 03 13 00 0A");
  network.socket.taken();
  clock.advance(9000);
  deepEqual(network.socket.taken(), ["C0 00"]);
});

test("time goes on over the wrap of the host's 32-bit ticks", (t) => {
  const { network, clock, delay, greet, ends } = bench(t, { keepAlive: 60_000_000 });
  delay();
  greet();
  network.socket.taken();
  // 50 days with an answer to each PINGREQ: the ticks wrap after 24.8 and again after 49.7.
  let pings = 0;
  for (let days = 0; days < 50; ) {
    days += clock.next / 86_400_000;
    clock.advance(clock.next);
    for (const packet of network.socket.taken()) {
      equal(packet, "C0 00");
      pings++;
      network.socket.receive("D0 00");
    }
  }
  deepEqual([ends.length, pings], [0, 73]);
});

test("a host without network is an error that is tried again", (t) => {
  random(t, 0);
  const { network, clock, ends, delay } = bench(t, { host: "unused" });
  delay();
  network.socket.fail(new Error("no route"));
  clock.advance();
  deepEqual(ends.map(({ error }) => error.message), ["cannot connect to 192.0.2.1:1883: no route"]);
  equal(network.sockets.length, 2);
});
