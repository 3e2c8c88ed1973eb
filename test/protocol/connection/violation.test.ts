import { equal, match } from "node:assert/strict";
import { suite, test } from "node:test";
import { ScriptedBroker } from "../support/scripted-broker.js";

/** What a server must not send, and the Reason Code for it. */
const WRONG: readonly (readonly [string, string, string])[] = [
  ["packet type 0", "00 00", "81"],
  ["CONNECT", "10 00", "82"],
  ["SUBSCRIBE", "82 06 00 01 00 00 01 'a'", "82"],
  ["UNSUBSCRIBE", "A2 06 00 01 00 00 01 'a'", "82"],
  ["PINGREQ", "C0 00", "82"],
  ["flags of a PUBACK", "41 02 00 01", "81"],
  ["flags of a PUBREL", "60 02 00 01", "81"],
  ["flags of a PINGRESP", "D8 00", "81"],
  ["flags of a DISCONNECT", "E1 00", "81"],
  ["QoS 3", "36 06 00 01 'a' 00 01 00", "81"],
  ["DUP at QoS 0", "38 04 00 01 'a' 00", "81"],
  ["identifier 0 of a PUBLISH", "32 06 00 01 'a' 00 00 00", "82"],
  ["identifier 0 of a PUBACK", "40 02 00 00", "82"],
  ["a topic with a wildcard", "30 06 00 03 'a/+' 00", "82"],
  ["a topic that is no UTF-8", "30 06 00 03 ED A0 80 00", "81"],
  ["a topic with NUL", "30 04 00 01 00 00", "81"],
  ["a Remaining Length of five bytes", "30 80 80 80 80 01", "81"],
  ["a Remaining Length that is not the shortest", "30 84 00 00 01 'a' 00", "81"],
  ["a property that PUBLISH has not", "30 07 00 01 'a' 03 21 00 01", "81"],
  ["a property twice", "30 08 00 01 'a' 04 01 00 01 00", "82"],
  ["a Reason Code that PUBACK has not", "40 03 00 01 01", "82"],
  ["a PINGRESP with a body", "D0 01 00", "81"],
];

suite("what the server must not send", () => {
  for (const [what, packet, code] of WRONG)
    test(`${what}: DISCONNECT 0x${code} and the end, what follows is not looked at`, () => {
      const broker = ScriptedBroker.connected().reply(packet, "30 04 00 01 'b' 00").expect("E0 01", code).told(`closed peer 0x${code}`);
      match(broker.error?.message ?? "", /^the broker sent a wrong /);
    });

  test("in MQTT 3.1.1 the connection ends without a word", () => {
    for (const [packet, code] of [["41 02 00 01", "0x81"], ["36 05 00 01 'a' 00 01", "0x81"], ["F0 00", "0x82"], ["30 02 00 00", "0x82"], ["90 03 00 01 03", "0x82"]] as const)
      ScriptedBroker.connected({ version: 4 }).reply(packet).expectNothing().told(`closed peer ${code}`);
  });

  test("no DISCONNECT is sent where there is no room for it, or a payload is half-way", () => {
    ScriptedBroker.connected({ window: 2 }).reply("C0 00").expectNothing().told("closed peer 0x82");
    const broker = ScriptedBroker.connected({ window: 10, sendBuffer: 16 });
    broker.publish("a", 1, new Uint8Array(30));
    broker.transport.take();
    broker.transport.drain(5);
    broker.client.room = 5;
    broker.reply("C0 00").expectNothing().told("closed peer 0x82");
  });

  test("what is too large is called so, not wrong: the advice names what it has to fit", () => {
    equal(
      ScriptedBroker.connected({ receiveBuffer: 8 }).reply("90 0A 00 01 00").error?.message,
      "the broker sent a SUBACK: Packet too large (0x95): it does not fit receiveBuffer or maximumPacketSize",
    );
  });

  test("before CONNACK the other side may be no broker at all", () => {
    for (const packet of ["48 54 54 50 2F", "90 7F 00 01 00"])
      match(new ScriptedBroker({ receiveBuffer: 8 }).connect().reply(packet).error?.message ?? "", /^the broker sent a wrong .*; is it an MQTT broker\?$/);
  });

  test("a message is named in the error", () => {
    equal(ScriptedBroker.connected().reply("36 00").error?.message, "the broker sent a wrong PUBLISH: Malformed Packet (0x81)");
  });
});
