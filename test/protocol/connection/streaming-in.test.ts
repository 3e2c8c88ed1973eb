import { deepEqual, equal, ok } from "node:assert/strict";
import { suite, test } from "node:test";
import { Take } from "../../../src/protocol/connection/handler.js";
import { bytes, join, pattern } from "../support/bytes.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

const PAYLOAD = pattern(100);

/** A message of 100 bytes on topic "a", with identifier 7 at QoS 1 and 2; its header takes 8 bytes at most. */
function large(first: string): Uint8Array {
  return join(first === "30" ? bytes("30 68 00 01 'a' 00") : bytes(first, "6A 00 01 'a' 00 07 00"), PAYLOAD);
}

const small = (options = {}): ScriptedBroker => ScriptedBroker.connected({ receiveBuffer: 32, ...options });

/** Every piece was handed on, in order. */
function delivered(broker: ScriptedBroker, times = 1): void {
  const list = Array.from(PAYLOAD);
  deepEqual(broker.delivered, Array.from({ length: times }, () => list).flat());
}

suite("a message larger than the receive buffer", () => {
  test("comes in pieces that tell where they belong", () => {
    const broker = small().replyBytes(large("30")).expectNothing();
    broker.told("a QoS 0: 0 to 26 of 100", "a QoS 0: 26 to 52 of 100", "a QoS 0: 52 to 78 of 100", "a QoS 0: 78 to 100 of 100");
    delivered(broker);
  });

  test("is acknowledged once, behind its last piece (MQTT-4.3.2-4, MQTT-4.3.3-8)", () => {
    for (const [first, answer] of [["32", "40 02 00 07"], ["34", "50 02 00 07"]] as const) {
      const packet = large(first);
      const broker = small().replyBytes(packet.subarray(0, packet.length - 1)).expectNothing();
      broker.replyBytes(packet.subarray(packet.length - 1)).expect(answer);
      delivered(broker);
    }
  });

  test("arrives whole in any split, and what follows it too", () => {
    const stream = join(large("32"), bytes("30 05 00 01 'b' 00 01", "D0 00"));
    for (let split = 1; split < stream.length; split += 5) {
      const broker = small().replyBytes(stream.subarray(0, split)).replyBytes(stream.subarray(split)).expect("40 02 00 07");
      deepEqual(broker.delivered, [...PAYLOAD, 1]);
    }
  });

  test("may be held at each piece: nothing comes before it is released", () => {
    const broker = small();
    broker.take = (): number => Take.HELD;
    broker.replyBytes(large("32")).told("a QoS 1: 0 to 24 of 100");
    for (let i = 0; i < 3; i++) broker.expectNothing().drain(10).release();
    broker.told("a QoS 1: 24 to 48 of 100", "a QoS 1: 48 to 72 of 100", "a QoS 1: 72 to 96 of 100").release().told("a QoS 1: 96 to 100 of 100");
    broker.expectNothing().release().expect("40 02 00 07");
    delivered(broker);
  });

  test("may be refused, or acknowledged later: what is said to its last piece counts", () => {
    let broker = small();
    broker.take = (packet): number => (packet.more ? Take.LATER : 0x97);
    broker.replyBytes(large("32")).expect("40 03 00 07 97");
    broker = small();
    broker.take = (packet): number => (packet.more ? 0x97 : Take.LATER);
    broker.replyBytes(large("34")).expectNothing().acknowledge(7).expect("50 02 00 07");
  });

  test("at QoS 2 is delivered once, also when its repeat comes in pieces", () => {
    const broker = small(LASTING).replyBytes(large("34")).expect("50 02 00 07").cut().connect().accept(true);
    broker.replyBytes(large("3C")).expect("50 02 00 07").reply("62 02 00 07").expect("70 02 00 07");
    delivered(broker);
  });

  test("that the end of the connection cuts off was not received: at QoS 2 all of it comes again", () => {
    const broker = small(LASTING).replyBytes(large("34").subarray(0, 90));
    ok(broker.delivered.length > 0);
    broker.delivered.length = 0;
    broker.cut().connect().accept(true).replyBytes(large("3C")).expect("50 02 00 07");
    delivered(broker);
  });

  test("takes its topic from an alias, at each piece", () => {
    const broker = small({ properties: { topicAliasMaximum: 1 } }).reply("30 07 00 01 'a' 03 23 00 01");
    broker.replyBytes(join(bytes("30 2E 00 00 03 23 00 01"), pattern(40)));
    broker.told("a QoS 0: ", "a QoS 0: 0 to 24 of 40", "a QoS 0: 24 to 40 of 40");
  });

  test("beyond Receive Maximum is answered before its payload is there", () => {
    const broker = small({ receiveMaximum: 1 }).reply("34 06 00 01 'a' 00 01 00").expect("50 02 00 01");
    broker.replyBytes(large("32").subarray(0, 32)).expect("E0 01 93");
  });

  test("may end the connection at any piece", () => {
    const broker = small();
    broker.reaction = (line): void => {
      if (line.includes("26 to")) equal(broker.disconnect(), true);
    };
    broker.replyBytes(large("30")).expect("E0 00").told("a QoS 0: 0 to 26 of 100", "a QoS 0: 26 to 52 of 100");
  });
});
