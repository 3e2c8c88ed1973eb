/** How a report fails: who is at fault, what the broker is told, and that nothing is left behind. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import type { ReportMessage } from "../../src/client/report-options.js";
import type { SocketConstructorOptions } from "../../src/client/ecma-419.js";
import { FakeResolver, FakeSocket } from "./fake-network.js";
import { Attempt, CONNACK, CONNECT } from "./report-attempt.js";

const MESSAGES: readonly ReportMessage[] = [{ topic: "a", payload: "x", qos: 1 }, { topic: "b", payload: "y", qos: 1 }, { topic: "c", payload: "z" }];
const ACKNOWLEDGED = "40 02 00 01";

/** What the broker sends, after which the report fails with kind and code; the last is what it is told. */
const answers: readonly (readonly [what: string, sent: readonly string[], kind: string, reasonCode: number, message: RegExp, told: string])[] = [
  ["a wrong password", ["20 03 00 86 00"], "peer", 0x86, /^the broker refused the connection: Reason Code 0x86$/, ""],
  ["a refusal with a reason", ["20 08 00 87 05 1F 00 02 'no'"], "peer", 0x87, /0x87$/, ""],
  ["a refusal from a broker that knows only 3.1.1", ["20 02 00 01"], "peer", 0x84, /refused the connection: Reason Code 0x84$/, ""],
  ["a CONNACK of 3.1.1", ["20 02 00 00"], "peer", 0x81, /sent a wrong packet/, "E0 01 81"],
  ["a CONNACK with a session where there is none", ["20 03 01 00 00"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a CONNACK with reserved flags", ["20 03 02 00 00"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a CONNACK with a Reason Code that is none", ["20 03 00 04 00"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["an empty CONNACK", ["20 00"], "peer", 0x81, /sent a wrong packet/, "E0 01 81"],
  ["a CONNACK with properties that end early", ["20 05 00 00 03 21 00"], "peer", 0x81, /sent a wrong packet/, "E0 01 81"],
  ["a CONNACK that ends before its properties", ["20 05 00 00 01 24 01"], "peer", 0x81, /sent a wrong packet/, "E0 01 81"],
  ["a CONNACK with half a value", ["20 05 00 00 02 21 00"], "peer", 0x81, /sent a wrong packet/, "E0 01 81"],
  ["a CONNACK with a string beyond its end", ["20 07 00 00 04 1F 00 02 'n'"], "peer", 0x81, /sent a wrong packet/, "E0 01 81"],
  ["a CONNACK with a property of a PUBLISH", ["20 05 00 00 02 01 01"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a CONNACK with a property above all others", ["20 05 00 00 02 2B 01"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a CONNACK with flags in its first byte", ["21 03 00 00 00"], "peer", 0x81, /sent a wrong packet/, "E0 01 81"],
  ["a second CONNACK", [CONNACK, CONNACK], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["HTTP", ["'HTTP/1.1 400 Bad Request'"], "peer", 0x81, /sent a wrong packet, or is none: Reason Code 0x81$/, "E0 01 81"],
  ["a Remaining Length of five bytes", ["20 80 80 80 80 00"], "peer", 0x81, /sent a wrong packet/, "E0 01 81"],
  ["a PUBACK before the CONNACK", [ACKNOWLEDGED], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a PUBLISH", [CONNACK, "30 04 00 01 'a' 00"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a PUBACK that refuses", [CONNACK, ACKNOWLEDGED, "40 04 00 02 97 00"], "peer", 0x97, /^the broker refused a message: Reason Code 0x97$/, ""],
  ["a PUBACK with a Reason Code that is none", [CONNACK, "40 03 00 01 11"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a PUBACK for nothing", [CONNACK, "40 02 00 03"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a PUBACK for identifier 0", [CONNACK, "40 02 00 00"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a PUBACK twice", [CONNACK, ACKNOWLEDGED, ACKNOWLEDGED], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a PUBACK without identifier", [CONNACK, "40 00"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["a DISCONNECT", [CONNACK, "E0 02 8B 00"], "peer", 0x8b, /^the broker ended the connection: Reason Code 0x8b$/, ""],
  ["a DISCONNECT that says nothing", [CONNACK, "E0 00"], "peer", 0x80, /^the broker ended the connection: Reason Code 0x0$/, ""],
  ["no QoS 1", ["20 05 00 00 02 24 00"], "configuration", 0x9b, /^the broker does not take a message: Reason Code 0x9b$/, ""],
  ["a Receive Maximum of 0", ["20 06 00 00 03 21 00 00"], "peer", 0x82, /sent a wrong packet/, "E0 01 82"],
  ["packets of at most 8 bytes", ["20 08 00 00 05 27 00 00 00 08"], "configuration", 0x95, /does not take a message: Reason Code 0x95$/, ""],
];

for (const [what, sent, kind, reasonCode, message, told] of answers)
  test(`answered with ${what}`, async (t) => {
    const attempt = new Attempt(t, MESSAGES);
    attempt.socket.writable();
    attempt.wrote(CONNECT, "32 07 00 01 'a' 00 01 00 'x'", "32 07 00 01 'b' 00 02 00 'y'");
    sent.forEach((packet, index) => {
      attempt.socket.receive(packet);
      if (packet === CONNACK && index === 0) attempt.wrote("30 05 00 01 'c' 00 'z'");
    });
    attempt.wrote(told);
    const error = await attempt.fails();
    deepEqual([error.kind, error.reasonCode], [kind, reasonCode]);
    match(error.message, message);
  });

test("what the broker has no limit for is not refused by it", async (t) => {
  const attempt = new Attempt(t, [{ topic: "a", payload: "x" }]);
  attempt.socket.writable();
  attempt.socket.receive("20 0C 00 00 09 24 00 25 00 27 00 00 00 07");
  attempt.wrote(CONNECT, "30 05 00 01 'a' 00 'x'", "E0 00");
  await attempt.succeeds();
});

test("a PUBACK for what was not sent yet", async (t) => {
  const attempt = new Attempt(t, Array.from({ length: 9 }, () => ({ topic: "a", payload: "x", qos: 1 as const })));
  attempt.socket.writable();
  attempt.socket.taken();
  attempt.socket.receive(CONNACK, "40 02 00 09");
  attempt.wrote("E0 01 82");
  equal((await attempt.fails()).reasonCode, 0x82);
});

test("a broker without retained messages", async (t) => {
  const attempt = new Attempt(t, [{ topic: "a", payload: "x", retain: true }]);
  attempt.socket.writable();
  attempt.socket.receive("20 05 00 00 02 25 00");
  attempt.wrote(CONNECT);
  const { kind, reasonCode } = await attempt.fails();
  deepEqual([kind, reasonCode], ["configuration", 0x9a]);
});

test("the broker is not told of its mistake in the middle of a packet", async (t) => {
  const attempt = new Attempt(t, MESSAGES);
  attempt.socket.writable(20);
  attempt.socket.receive("FF 00");
  attempt.socket.writable(100);
  attempt.wrote(CONNECT, "32 07 00 01 'a'");
  equal((await attempt.fails()).reasonCode, 0x81);
});

/** Ways to get so far, and what is said when the connection is lost there or the time is over. */
const stages: readonly (readonly [stage: string, room: number, received: readonly string[], message: RegExp])[] = [
  ["before the connection", -1, [], /^cannot reach 192\.0\.2\.1:1883: /],
  ["after the CONNECT", 1000, [], /^lost 192\.0\.2\.1:1883: /],
  ["in the middle of the CONNECT", 5, [], /^lost 192\.0\.2\.1:1883: /],
  ["after half a CONNACK", 1000, ["20 03 00"], /^lost /],
  ["after the CONNACK", 1000, [CONNACK], /^lost /],
  ["after one of two PUBACKs", 1000, [CONNACK, ACKNOWLEDGED], /^lost /],
  ["in the middle of the DISCONNECT", 41, [CONNACK, ACKNOWLEDGED, "40 02 00 02"], /^lost /],
];

for (const [stage, room, received, message] of stages) {
  const come = ({ socket }: Attempt): void => {
    if (room > 0) socket.writable(room);
    for (const packet of received) socket.receive(packet);
  };

  test(`a connection lost ${stage}`, async (t) => {
    const attempt = new Attempt(t, MESSAGES);
    come(attempt);
    attempt.socket.fail(new Error("cut"));
    const error = await attempt.fails();
    deepEqual([error.kind, error.reasonCode], ["transport", 0x80]);
    match(error.message, message);
    match(error.message, /: cut$/);
  });

  test(`silence ${stage}`, async (t) => {
    const attempt = new Attempt(t, MESSAGES);
    come(attempt);
    attempt.clock.advance(29_999);
    equal(attempt.clock.timers, 1);
    attempt.clock.advance(1);
    const error = await attempt.fails();
    equal(error.kind, "transport");
    match(error.message, message);
    match(error.message, /: timeout of 30000 ms$/);
  });
}

test("without a reason from the host the message says what to check", async (t) => {
  const attempt = new Attempt(t, MESSAGES);
  attempt.socket.fail();
  match((await attempt.fails()).message, /^cannot reach 192\.0\.2\.1:1883: check host, port and network$/);
});

test("what still comes from the host after the end changes nothing", async (t) => {
  const attempt = new Attempt(t, MESSAGES);
  const { socket } = attempt;
  socket.writable();
  socket.receive("20 03 00 87 00");
  socket.taken();
  socket.receive(CONNACK);
  socket.writable();
  socket.fail();
  attempt.clock.advance(60_000);
  attempt.wrote();
  equal((await attempt.fails()).reasonCode, 0x87);
});

test("a mistake of the broker is told once", async (t) => {
  const attempt = new Attempt(t, MESSAGES);
  attempt.socket.writable();
  attempt.socket.taken();
  attempt.socket.receive("FF 00");
  attempt.socket.fail();
  attempt.wrote("E0 01 81");
  equal((await attempt.fails()).reasonCode, 0x81);
});

const unresolved: readonly (readonly [way: string, (attempt: Attempt) => void])[] = [
  ["by its options", ({ network }) => network.resolver.request?.[0].onError("broker.local", new Error("no such name"))],
  ["by its callback", ({ network }) => network.resolver.request?.[1](new Error("no such name"))],
];
for (const [way, fail] of unresolved)
  test(`a name that is not found, ${way}`, async (t) => {
    const attempt = new Attempt(t, MESSAGES, { host: "broker.local" });
    fail(attempt);
    const error = await attempt.fails();
    equal(error.message, "cannot reach broker.local:1883: no such name");
    equal(attempt.network.sockets.length, 0);
  });

test("a name that is found too late", async (t) => {
  const attempt = new Attempt(t, MESSAGES, { host: "broker.local", timeout: 10 });
  attempt.clock.advance(10);
  attempt.network.resolver.request?.[0].onResolved("broker.local", "192.0.2.1");
  match((await attempt.fails()).message, /timeout of 10 ms$/);
  equal(attempt.network.sockets.length, 0);
});

test("a resolver and a socket that throw", async (t) => {
  class BrokenSocket extends FakeSocket {
    constructor(options: SocketConstructorOptions) {
      super(options);
      throw new Error("no such thing");
    }
  }
  class BrokenResolver extends FakeResolver {
    override resolve(): void {
      throw new Error("no such thing");
    }
  }
  for (const options of [{ host: "broker.local", dns: { io: BrokenResolver } }, { socket: { io: BrokenSocket } }]) {
    const error = await new Attempt(t, MESSAGES, options).fails();
    equal(error.kind, "transport");
    match(error.message, /^cannot reach .*:1883: no such thing$/);
  }
});

test("a socket that throws when it is written to", async (t) => {
  const attempt = new Attempt(t, MESSAGES);
  attempt.socket.writable(0);
  attempt.socket.options.onWritable(1000);
  match((await attempt.fails()).message, /^lost 192\.0\.2\.1:1883: would block$/);
});
