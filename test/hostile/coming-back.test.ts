/** Peers that keep a client coming back, or try to keep it from that. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex } from "../protocol/support/bytes.js";
import { Attacked, CONNACK, RESUMED } from "./attacked.js";

const ALMOST_ONE = 1 - Number.EPSILON;

/** Lets time pass until there is a socket. @returns how much, in milliseconds. */
function delay({ clock, network }: Attacked): number {
  let waited = 0;
  while (network.open === 0) {
    const { next } = clock;
    clock.advance(next);
    waited += next;
  }
  return waited;
}

/** What the peer does with each connection. */
const patterns: readonly (readonly [what: string, version: 4 | 5 | undefined, meet: (attacked: Attacked) => void])[] = [
  ["refuses the socket", undefined, ({ network }) => network.socket.fail()],
  ["closes once CONNECT has come", 5, ({ network }) => { network.socket.writable(); network.socket.fail(); }],
  ["closes behind its CONNACK", undefined, ({ network }) => { network.socket.writable(); network.socket.receive(CONNACK); network.socket.fail(); }],
  ["sends us away", undefined, ({ network }) => { network.socket.writable(); network.socket.receive(CONNACK, "E0 02 89 00"); }],
  ["refuses version 5, then 3.1.1", undefined, ({ network, clock }) => {
    network.socket.writable();
    network.socket.receive("20 03 00 84 00");
    clock.advance();
    network.socket.writable();
    network.socket.receive("20 02 00 01");
  }],
  ["breaks the protocol", 5, ({ network }) => { network.socket.writable(); network.socket.receive("FF FF FF FF FF"); }],
];

for (const [what, version, meet] of patterns)
  test(`one that ${what}, for ever: delays double to a minute, at most one socket and one timer at a time`, (t) => {
    t.mock.method(Math, "random", () => ALMOST_ONE);
    const attacked = new Attacked(t, { reconnect: {}, ...(version && { version }) });
    const { clock, network } = attacked;
    const delays: number[] = [];
    clock.advance();
    for (let round = 0; round < 300; round++) {
      meet(attacked);
      equal(network.open, 0);
      delays.push(delay(attacked));
      deepEqual([network.open, clock.timers], [1, 1]);
    }
    deepEqual(delays, [1000, 2000, 4000, 8000, 16_000, 32_000, ...Array<number>(294).fill(60_000)]);
    deepEqual([attacked.ends.length, attacked.ends.some(([, , , final]) => final)], [300, false]);
  });

test("one that closes ten seconds after each CONNACK is come back to within a second", (t) => {
  t.mock.method(Math, "random", () => ALMOST_ONE);
  const attacked = new Attacked(t, { reconnect: {}, keepAlive: 0 });
  attacked.clock.advance();
  for (let round = 0; round < 50; round++) {
    attacked.socket.writable();
    attacked.socket.receive(CONNACK);
    attacked.clock.advance(10_000);
    attacked.socket.fail();
    equal(delay(attacked), 1000);
  }
});

test("an Assigned Client Identifier that makes the CONNECT too long is dropped with its session, and the reason is told", (t) => {
  const attacked = new Attacked(t, { id: "", sendBuffer: 64, receiveBuffer: 256 });
  const name = (): string | undefined => attacked.client.connected?.id;
  attacked.greet(`20 6A 00 00 67 12 00 64 '${"n".repeat(100)}'`);
  equal(name(), "n".repeat(100));
  attacked.socket.fail();
  attacked.accept();
  match(attacked.ends[1]?.[2] ?? "", /^CONNECT takes 123 bytes: set sendBuffer to that or more$/);
  deepEqual(attacked.ends.map((end) => end.slice(0, 2))[1], ["resource", 0x80]);
  attacked.clock.advance();
  attacked.socket.writable();
  // Clean Start, no name.
  match(attacked.socket.taken().join(), /^10 .* 05 02 00 3C .* 00 00$/);
  attacked.socket.receive("20 07 00 00 04 12 00 01 'n'");
  equal(name(), "n");
});

test("an Assigned Client Identifier for a client that has a name is not taken", (t) => {
  const attacked = new Attacked(t);
  attacked.greet("20 07 00 00 04 12 00 01 'n'");
  equal(attacked.client.connected?.id, "c");
  attacked.socket.fail();
  attacked.clock.advance();
  attacked.socket.writable();
  match(attacked.socket.taken().join(), new RegExp(`${hex(bytes("00 01 'c'"))}$`));
});

test("a CONNACK full of User Properties is taken, whatever it says", (t) => {
  const attacked = new Attacked(t);
  attacked.greet(`20 F8 03 00 00 F4 03 ${"26 00 00 00 00 ".repeat(100)}`);
  equal(attacked.client.connected?.properties.userProperty?.length, 100);
  deepEqual(attacked.ends, []);
});

test("one that forgets the session each time makes nothing grow: what was in flight is published anew, subscriptions once each", (t) => {
  const attacked = new Attacked(t);
  attacked.greet();
  attacked.subscribe(() => undefined);
  void attacked.client.publish("t", "x", { qos: 1 });
  for (let round = 0; round < 100; round++) {
    const { socket } = attacked;
    if (round > 0) deepEqual(socket.taken().map((packet) => packet.slice(0, 2)), ["82", "32"]);
    socket.fail();
    attacked.greet();
  }
});

test("one that never sends PUBREL, over any number of resumed sessions: new messages are delivered on each connection", (t) => {
  const attacked = new Attacked(t);
  attacked.greet();
  let got = 0;
  attacked.subscribe(() => { got++; }, 2);
  for (let round = 0; round < 50; round++) {
    const { socket } = attacked;
    socket.taken();
    for (let i = 0; i < 20; i++) socket.receive(`34 07 00 01 'a' ${(1 + round).toString(16).padStart(2, "0")} ${i.toString(16).padStart(2, "0")} 00 'x'`);
    equal(socket.taken().length, 20);
    socket.fail();
    attacked.greet(RESUMED);
  }
  deepEqual([got, attacked.ends.length], [1000, 50]);
});
