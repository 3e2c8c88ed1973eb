import { equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { OutgoingState } from "../../../src/protocol/session/outgoing.js";
import { Session } from "../../../src/protocol/session/session.js";

test("a new session is not known to any server", () => {
  equal(new Session().established, undefined);
});

test("8 publications may be in flight, and two requests beside them", () => {
  const { outgoing } = new Session();
  for (let i = 1; i <= 8; i++) {
    ok(outgoing.hasRoom);
    outgoing.add(i, OutgoingState.PUBACK, 0);
  }
  ok(!outgoing.hasRoom);
  outgoing.add(9, OutgoingState.SUBACK, 1);
  ok(outgoing.hasRoomForRequest);
  outgoing.add(10, OutgoingState.SUBACK, 1);
  ok(!outgoing.hasRoomForRequest);
});

test("20 messages may be unacknowledged", () => {
  equal(new Session().incoming.size, 20);
  equal(new Session(8, 1).incoming.size, 1);
  equal(new Session(8, 0xffff).incoming.size, 0xffff);
});

test("a limit out of range is named", () => {
  for (const inFlight of [0, 256, 1.5, NaN]) throws(() => new Session(inFlight), { kind: "configuration", message: /^inFlight must be a whole number from 1 to 255/ });
  for (const receiveMaximum of [0, 0x10000]) throws(() => new Session(8, receiveMaximum), { kind: "configuration", message: /^properties.receiveMaximum must be .* 1 to 65535/ });
});
