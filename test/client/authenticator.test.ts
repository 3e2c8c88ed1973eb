/** Enhanced authentication by any method, as far as the CONNACK: turns, time, errors. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { Authenticator } from "../../src/authentication/authenticator.js";
import type { AuthenticationExchange, AuthenticationMethod } from "../../src/authentication/method.js";
import { connect } from "../../src/client/client.js";
import type { Client } from "../../src/client/options.js";
import type { MqttError } from "../../src/protocol/error.js";
import { ascii, hex } from "../protocol/support/bytes.js";
import { mqttError, refused } from "../protocol/support/encoding.js";
import { ANSWER, CHALLENGE, CONNACK, CONNECT, connected, connecting, DONE, onlyEnd, SIMPLE, turn } from "./authenticating.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork } from "./fake-network.js";

test("a method may answer at once or later, several times, with data or without", async (t) => {
  const answers = [ascii("!"), Promise.resolve(ascii("!")), undefined, Promise.resolve(undefined)];
  const asked: (string | undefined)[] = [];
  const scene = connecting(t, {
    next: (data) => {
      asked.push(data && hex(data));
      return answers.shift();
    },
  });
  const taken: string[] = [];
  for (const challenge of [CHALLENGE, CHALLENGE, DONE.replace("00", "18"), CHALLENGE]) {
    scene.socket.receive(challenge);
    await turn();
    taken.push(...scene.socket.taken());
  }
  const bare = "F0 06 18 04 15 00 01 6D";
  deepEqual(taken, [ANSWER, ANSWER, bare, bare]);
  deepEqual(asked, ["3F", "3F", undefined, "3F"]);
  scene.socket.receive(CONNACK);
  await scene.client.ready();
});

test("a method may need no challenge, and be content with any CONNACK", async (t) => {
  const scene = await connected(t);
  equal(scene.client.connected?.version, 5);
  deepEqual(scene.socket.taken(), []);
});

const OUT_OF_TURN: readonly (readonly [name: string, packets: readonly string[]])[] = [
  ["a second challenge before the first is answered", [CHALLENGE, CHALLENGE]],
  ["a CONNACK before the challenge is answered", [CHALLENGE, CONNACK]],
];
for (const [name, packets] of OUT_OF_TURN)
  test(`${name} is a Protocol Error, and the answer is not sent`, async (t) => {
    const scene = connecting(t, {}, { reconnect: false });
    scene.socket.receive(...packets);
    await turn();
    deepEqual(scene.socket.taken(), ["E0 01 82"]);
    ok(scene.socket.closed);
    const { kind, message, reasonCode } = onlyEnd(scene);
    deepEqual([kind, message, reasonCode], ["peer", "the broker sent an AUTH or CONNACK out of turn", 0x82]);
  });

for (const packet of [CHALLENGE, DONE])
  test(`${packet.slice(0, 8)} that nobody asked for, on a connection that stands, is a Protocol Error (MQTT-4.12.0-6)`, async (t) => {
    const scene = await connected(t, {}, { reconnect: false });
    scene.socket.receive(packet);
    deepEqual(scene.socket.taken(), ["E0 01 82"]);
    equal(onlyEnd(scene).reasonCode, 0x82);
  });

for (const outcome of ["an answer", "a refusal"])
  test(`${outcome} that comes after the connection was lost does not touch the next one`, async (t) => {
    let settle: (come: boolean) => void = () => undefined;
    const next = (): Promise<Uint8Array> => new Promise((resolve, reject) => {
      settle = (come): void => come ? resolve(ascii("!")) : reject(new Error("too late"));
    });
    const scene = connecting(t, { next });
    scene.socket.receive(CHALLENGE);
    await turn();
    scene.socket.fail();
    scene.clock.advance();
    scene.socket.writable();
    deepEqual(scene.socket.taken(), [CONNECT]);
    settle(outcome === "an answer");
    await turn();
    deepEqual([scene.socket.taken(), scene.network.open, scene.ends.length], [[], 1, 1]);
  });

test("what a method throws refuses the server: DISCONNECT without a reason, and an error that has it", async (t) => {
  const refusals: readonly Partial<AuthenticationExchange>[] = [
    { next: () => { throw new Error("no such card"); } },
    { next: () => Promise.reject(new Error("no such card")) },
    { done: () => { throw new Error("no such card"); } },
  ];
  for (const refusal of refusals)
    await t.test(Object.keys(refusal).join(), async (inner) => {
      const scene = connecting(inner, refusal, { reconnect: false });
      scene.socket.receive(refusal.done ? CONNACK : CHALLENGE);
      await turn();
      deepEqual(scene.socket.taken(), ["E0 01 80"]);
      const { kind, message, reasonCode } = onlyEnd(scene);
      deepEqual([kind, message, reasonCode], ["peer", "the authenticator refused the broker: no such card", 0x87]);
      equal(scene.clock.timers, 0);
    });
});

for (const wrong of ["token", {}, 7])
  test(`an answer that is no bytes but ${JSON.stringify(wrong)} refuses this connection, and the client comes back`, async (t) => {
    const answer: unknown = wrong;
    const scene = connecting(t, { next: () => answer as Uint8Array });
    scene.socket.receive(CHALLENGE);
    await turn();
    deepEqual(scene.ends.map(({ final }) => final), [false]);
    scene.clock.advance();
    scene.socket.writable();
    deepEqual(scene.socket.taken(), [CONNECT]);
  });

test("onDisconnected that throws when the server is refused is reported, and the client comes back", async (t) => {
  const errors: string[] = [];
  const scene = connecting(t, { next: () => Promise.reject(new Error("no such card")) }, {
    onDisconnected: () => { throw new Error("no screen"); },
    onError: ({ message }) => errors.push(message),
  });
  scene.socket.receive(CHALLENGE);
  await turn();
  deepEqual(errors, ["onDisconnected failed: no screen"]);
  scene.clock.advance();
  equal(scene.network.sockets.length, 2);
});

test("a server that never answers is given up after connectTimeout, counted from the last AUTH", async (t) => {
  const scene = connecting(t, {}, { connectTimeout: 5000, reconnect: false });
  scene.clock.advance(4999);
  scene.socket.receive(CHALLENGE);
  await turn();
  deepEqual(scene.socket.taken(), [ANSWER]);
  scene.clock.advance(4999);
  deepEqual(scene.ends, []);
  scene.clock.advance(1);
  match(onlyEnd(scene).message, /no CONNACK within 5000 ms/);
});

test("close in the middle of an exchange: the answer is not sent any more", async (t) => {
  const scene = connecting(t);
  scene.socket.receive(CHALLENGE);
  await scene.client.close();
  await turn();
  deepEqual(scene.socket.taken(), ["E0 00"]);
});

test("an answer that does not fit the send buffer ends the connection and names the option", async (t) => {
  const scene = connecting(t, { next: () => new Uint8Array(300) }, { reconnect: false });
  scene.socket.receive(CHALLENGE);
  await turn();
  match(onlyEnd(scene).message, /takes \d+ bytes: set sendBuffer to that or more/);
  equal(onlyEnd(scene).kind, "resource");
});

test("what a server makes too long for the send buffer does not cost the session", async (t) => {
  const scene = await connected(t, { next: () => new Uint8Array(300) });
  for (let i = 0; i < 2; i++) {
    scene.socket.fail();
    scene.clock.advance();
    scene.socket.writable();
    deepEqual(scene.socket.taken(), [CONNECT.replace("05 02", "05 00")]);
    scene.socket.receive(CHALLENGE);
    await turn();
    equal(scene.ends.at(-1)?.error.kind, "resource");
  }
});

test("a CONNECT whose first data does not fit the send buffer is refused at once", (t) => {
  const clock = new FakeClock(t);
  const authenticator = new Authenticator({ name: "m", begin: () => ({ ...SIMPLE, data: new Uint8Array(300) }) });
  const error = mqttError(() => connect("mqtt://192.0.2.1", { ...new FakeNetwork().provider, authenticator }));
  deepEqual([error.kind, clock.timers], ["resource", 0]);
  match(error.message, /^CONNECT takes \d+ bytes: set sendBuffer/);
});

test("a method that cannot begin: at first an exception, later the end of the client, in re-authentication that of the call", async (t) => {
  let fails = true;
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const ends: MqttError[] = [];
  const authenticator = new Authenticator({
    name: "m",
    begin: () => {
      if (fails) throw new Error("no token");
      return SIMPLE;
    },
  });
  const open = (): Client => connect("mqtt://192.0.2.1", { ...network.provider, id: "c", authenticator, onDisconnected: (error, final) => { if (final) ends.push(error); } });
  refused(open, /^no token$/);
  fails = false;
  const client = open();
  clock.advance();
  network.socket.writable();
  network.socket.receive(CONNACK);
  fails = true;
  await rejects(client.reauthenticate(), { kind: "configuration", message: "no token" });
  ok(client.connected !== undefined);
  network.socket.fail();
  clock.advance(60_000);
  deepEqual([ends.map(({ message }) => message), clock.timers, network.open], [["no token"], 0, 0]);
});

const WRONG: readonly (readonly [options: Record<string, unknown>, message: RegExp])[] = [
  [{ version: 4 }, /^version must be 5 with an authenticator$/],
  [{ early: true }, /^early must be false with an authenticator$/],
  [{ properties: { authenticationMethod: "x" } }, /^properties\.authenticationMethod and authenticationData must be left to the authenticator$/],
  [{ properties: { authenticationData: ascii("x") } }, /left to the authenticator$/],
  [{ authenticator: SIMPLE }, /^authenticator must be an Authenticator$/],
  [{ authenticator: "SCRAM" }, /^authenticator must be an Authenticator/],
  [{ authenticator: new Authenticator({ name: "\0", begin: () => SIMPLE }) }, /authenticationMethod must be/],
];
for (const [options, message] of WRONG)
  test(`${JSON.stringify(options)} does not go with an authenticator: refused before anything is acquired`, (t) => {
    const clock = new FakeClock(t);
    const network = new FakeNetwork();
    const authenticator = new Authenticator({ name: "m", begin: () => SIMPLE });
    refused(() => connect("mqtt://192.0.2.1", { ...network.provider, authenticator, ...options }), message);
    deepEqual([clock.timers, network.sockets.length], [0, 0]);
  });

test("a refusal of the method itself lasts: the client takes its longest delay (0x8C)", (t) => {
  t.mock.method(Math, "random", () => 0.999);
  const scene = connecting(t, {}, { reconnect: { minimum: 10, maximum: 60_000 } });
  scene.socket.receive("20 03 00 8C 00");
  equal(onlyEnd(scene).reasonCode, 0x8c);
  scene.clock.advance(59_000);
  equal(scene.network.sockets.length, 1);
  scene.clock.advance(1000);
  equal(scene.network.sockets.length, 2);
});

test("what is no method, and a method whose exchange cannot go on, are refused before anything is acquired", (t) => {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const methods: unknown[] = [{}, { name: "m" }, { begin: () => SIMPLE }];
  for (const method of methods) refused(() => new Authenticator(method as AuthenticationMethod), /^method must be \{name, begin\(\)\}$/);
  const exchange: unknown = { data: ascii("1") };
  const authenticator = new Authenticator({ name: "m", begin: () => exchange as AuthenticationExchange });
  refused(() => connect("mqtt://192.0.2.1", { ...network.provider, authenticator }), /next\(challenge\)/);
  deepEqual([clock.timers, network.sockets.length], [0, 0]);
});
