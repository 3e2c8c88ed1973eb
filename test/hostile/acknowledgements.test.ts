/** Peers that never acknowledge, acknowledge everything twice, or acknowledge what they were not asked. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex } from "../protocol/support/bytes.js";
import { Attacked, outcome, PINGREQ, PINGRESP, RESUMED } from "./attacked.js";

/** Payloads of one letter, from "a" on. */
const letters = (count: number): string[] => Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i));

const packet = (first: string, identifier: number, letter: string): string =>
  hex(bytes(`${first} 07 00 01 't' 00`, identifier.toString(16).padStart(2, "0"), `00 '${letter}'`));

test("one that never acknowledges: eight in flight, sixteen queued, the next refused; nothing is sent twice, nothing times out", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 60_000 });
  const socket = attacked.greet();
  const calls = letters(25).map((letter) => outcome(attacked.client.publish("t", letter, { qos: 1 })));
  deepEqual(await calls[24], ["resource", 0x97]);
  deepEqual(socket.taken(), letters(8).map((letter, i) => packet("32", i + 1, letter)));
  // A day of answers to PINGREQ and to nothing else.
  for (let minute = 0; minute < 24 * 60; minute++) {
    attacked.clock.advance(59_000);
    deepEqual(socket.taken(), [PINGREQ]);
    socket.receive(PINGRESP);
  }
  deepEqual(attacked.ends, []);
  // The network fails: once more in the same order, and then nothing again.
  socket.fail();
  const next = attacked.greet(RESUMED);
  deepEqual(next.taken(), letters(8).map((letter, i) => packet("3A", i + 1, letter)));
  letters(24).forEach((_, i) => next.receive("40 02 00", (i + 1).toString(16).padStart(2, "0")));
  deepEqual(await Promise.all(calls.slice(0, 24)), Array<number>(24).fill(0));
  deepEqual(next.taken(), letters(24).slice(8).map((letter, i) => packet("32", i + 9, letter)));
});

test("one that never answers SUBSCRIBE, UNSUBSCRIBE or a request: the calls wait, the request ends after its timeout", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const socket = attacked.greet();
  let settled = 0;
  for (const filter of letters(12)) void attacked.client.subscribe(filter, () => undefined).finally(() => settled++);
  // The table of exchanges has ten places.
  equal(socket.taken().length, 10);
  const request = attacked.client.request("t", "?", { timeout: 5000 });
  await attacked.settle();
  attacked.clock.advance(5000);
  await rejects(request, { kind: "peer", message: /no response came in time/ });
  deepEqual([settled, attacked.ends, socket.taken()], [0, [], []]);
});

/** What is published, what is answered twice, and what the client says to the second answer. */
const twice: readonly (readonly [what: string, qos: 0 | 1 | 2, answers: readonly string[], last: string])[] = [
  ["PUBACK", 1, ["40 02 00 01"], "E0 01 82"],
  ["PUBREC that refuses", 2, ["50 03 00 01 97"], ""],
  ["PUBCOMP", 2, ["50 02 00 01", "70 02 00 01"], "E0 01 82"],
];

for (const [what, qos, answers, last] of twice)
  test(`a ${what} twice settles the call once${last === "" ? ", and the second one says what is known" : ": the second one is a Protocol Error, and the client comes back"}`, async (t) => {
    const attacked = new Attacked(t);
    const socket = attacked.greet();
    let settled = 0;
    const first = outcome(attacked.client.publish("t", "x", { qos })).finally(() => settled++);
    for (const answer of answers) socket.receive(answer);
    socket.taken();
    socket.receive(answers.at(-1) ?? "");
    deepEqual(await first, what === "PUBREC that refuses" ? ["peer", 0x97] : 0);
    equal(socket.taken().join(), last);
    equal(settled, 1);
    deepEqual(attacked.ends.map(([kind, code]) => [kind, code]), last === "" ? [] : [["peer", 0x82]]);
    if (last !== "") attacked.greet(RESUMED);
    equal(attacked.client.connected?.resumed, last !== "");
  });

test("a PUBREC twice gets PUBREL twice", async (t) => {
  const attacked = new Attacked(t);
  const socket = attacked.greet();
  const call = attacked.client.publish("t", "x", { qos: 2 });
  socket.taken();
  socket.receive("50 02 00 01", "50 02 00 01");
  deepEqual(socket.taken(), ["62 02 00 01", "62 02 00 01"]);
  socket.receive("70 02 00 01");
  equal(await call, 0);
  deepEqual(attacked.ends, []);
});

test("a SUBACK twice grants once and ends the connection; the subscription stands on the next one", async (t) => {
  const attacked = new Attacked(t);
  const socket = attacked.greet();
  const got: string[] = [];
  const granted = attacked.client.subscribe("a", (message) => void got.push(message.text()));
  socket.taken();
  socket.receive("90 04 00 01 00 00", "90 04 00 01 00 00");
  equal(await granted, 0);
  deepEqual(socket.taken(), ["E0 01 82"]);
  const next = attacked.greet(RESUMED);
  next.receive("30 05 00 01 'a' 00 'x'");
  deepEqual([got, next.taken()], [["x"], []]);
});

test("one that acknowledges all things twice makes progress by one publication a connection, and none goes lost or settles twice", async (t) => {
  const attacked = new Attacked(t, { queue: 100 });
  const settled: unknown[] = [];
  const calls = letters(26).map((letter) => outcome(attacked.client.publish("t", letter, { qos: 1 })).then((result) => settled.push(letter, result)));
  const arrived: string[] = [];
  for (let round = 0; arrived.length < 26; round++) {
    const socket = attacked.greet(round === 0 ? undefined : RESUMED);
    const [first = ""] = socket.taken();
    arrived.push(String.fromCharCode(parseInt(first.slice(-2), 16)));
    const puback = `40 02 ${first.slice(15, 20)}`;
    socket.receive(puback, puback);
  }
  await Promise.all(calls);
  deepEqual(arrived, letters(26));
  deepEqual(settled, letters(26).flatMap((letter) => [letter, 0]));
  equal(attacked.ends.length, 26);
});

test("acknowledgements that nobody waits for end the connection each time, a PINGRESP does not", (t) => {
  const attacked = new Attacked(t);
  attacked.greet();
  for (const answer of ["40 02 00 01", "70 02 00 01", "90 04 00 01 00 00", "B0 04 00 01 00 00"]) {
    attacked.socket.taken();
    attacked.socket.receive(...Array<string>(100).fill(PINGRESP), answer, answer);
    deepEqual([attacked.socket.taken(), attacked.ends.length], [["E0 01 82"], 1]);
    attacked.ends.length = 0;
    attacked.greet(RESUMED);
  }
});

test("PUBRECs for what was never sent take ten places at most, are released, and leave the places to publications", async (t) => {
  const attacked = new Attacked(t);
  const socket = attacked.greet();
  const identifiers = Array.from({ length: 200 }, (_, i) => `10 ${i.toString(16).padStart(2, "0").toUpperCase()}`);
  for (const identifier of identifiers) socket.receive("50 02", identifier);
  deepEqual(socket.taken(), identifiers.slice(0, 10).map((identifier) => `62 03 ${identifier} 92`));
  const call = outcome(attacked.client.publish("t", "x", { qos: 1 }));
  deepEqual(socket.taken(), []);
  for (const identifier of identifiers.slice(0, 10)) socket.receive("70 03", identifier, "92");
  equal(socket.taken().length, 1);
  socket.receive("40 02 00 01");
  equal(await call, 0);
});
