import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { begin } from "../../../src/protocol/connection/pushing.js";
import { OutgoingState } from "../../../src/protocol/session/outgoing.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import { bytes, hex } from "../support/bytes.js";
import { LASTING, ScriptedBroker, type ScriptOptions } from "../support/scripted-broker.js";

/** A publication that was sent once, so that its header is at hand. The payload is the byte 01, the PUBLISH has 9 bytes. */
function prepared(qos: 0 | 1 | 2, options: ScriptOptions = LASTING, ...connackProperties: readonly string[]): { broker: ScriptedBroker; publication: Publication } {
  const broker = ScriptedBroker.connected(options, ...connackProperties);
  const publication = new Publication("a", qos, false);
  ok(broker.publish(publication, qos, "01") !== Published.BLOCKED);
  broker.transport.take();
  return { broker, publication };
}

/** Publishes by the header at hand. @returns whether that could be done. */
function again(broker: ScriptedBroker, publication: Publication, payload = "02"): boolean {
  const header = publication.header;
  ok(header !== undefined);
  return broker.client.publishPrepared(publication, header, bytes(payload));
}

test("the header is sent as it was, with another Packet Identifier", () => {
  const { broker, publication } = prepared(1);
  equal(again(broker, publication), true);
  broker.expect("32 07 00 01 'a' 00 02 00 02").reply("40 02 00 02").told("settled a", "PUBACK 2");
  broker.session.outgoing.startAt(0x1234);
  equal(again(broker, publication), true);
  broker.expect("32 07 00 01 'a' 12 34 00 02");
});

test("both QoS are acknowledged as theirs, and resent when the connection is lost", () => {
  for (const [qos, state] of [[1, OutgoingState.PUBACK], [2, OutgoingState.PUBREC]] as const) {
    const { broker, publication } = prepared(qos);
    again(broker, publication);
    equal(broker.session.outgoing.at(1).state, state | OutgoingState.COUNTED);
    broker.transport.take();
    const first = qos === 1 ? "3A" : "3C";
    broker.cut().connect().accept(true).expect(`${first} 07 00 01 'a' 00 01 00 01`, `${first} 07 00 01 'a' 00 02 00 02`);
  }
});

test("PUBREL says Success, whatever the entry in the table stood for before: two topic filters here", () => {
  const { broker, publication } = prepared(2);
  broker.reply("50 02 00 01").expect("62 02 00 01").subscribe("f", "g").expect("82 0B 00 02 00 00 01 'f' 00 00 01 'g' 00").reply("90 05 00 02 00 00 00");
  equal(again(broker, publication), true);
  broker.expect("34 07 00 01 'a' 00 03 00 02").reply("50 02 00 03").expect("62 02 00 03");
});

test("a payload of another length needs another header", () => {
  const { broker, publication } = prepared(1);
  equal(again(broker, publication, "02 03"), false);
  broker.expectNothing();
  broker.publish(publication, 1, "02 03");
  broker.expect("32 08 00 01 'a' 00 02 00 02 03");
  equal(again(broker, publication, "04 05"), true);
  broker.expect("32 08 00 01 'a' 00 03 00 04 05");
});

test("an empty payload is not sent by a header at hand: nothing is written for it", () => {
  const { broker, publication } = prepared(1);
  broker.publish(publication, 1, "");
  broker.expect("32 06 00 01 'a' 00 02 00");
  equal(again(broker, publication, ""), false);
  broker.expectNothing();
});

test("a header is for one connection", () => {
  const { broker, publication } = prepared(1);
  broker.cut();
  equal(again(broker, publication), false);
  broker.connect().accept(false).told("lost a");
  equal(again(broker, publication), false);
  broker.expectNothing();
});

test("it goes out while the transport takes header and payload, whether it tells what more it takes or not", () => {
  for (const tells of [true, false]) {
    const { broker, publication } = prepared(1, { ...LASTING, window: 27 });
    broker.transport.tells = tells;
    for (const expected of [true, true, false]) equal(again(broker, publication), expected);
    broker.expect("32 07 00 01 'a' 00 02 00 02", "32 07 00 01 'a' 00 03 00 02").drain(8);
    equal(again(broker, publication), false);
    broker.drain(1);
    equal(again(broker, publication), true);
    broker.expect("32 07 00 01 'a' 00 04 00 02");
  }
});

test("it waits for a payload that comes in parts", () => {
  const { broker, publication } = prepared(1);
  begin(broker.client, new Publication("b", 0, false), bytes("01"), 2, 0, false, broker.now);
  broker.transport.take();
  equal(again(broker, publication), false);
  broker.expectNothing();
});

test("it waits for the server's Receive Maximum (MQTT-3.3.4-7)", () => {
  const { broker, publication } = prepared(1, LASTING, "21 00 02");
  equal(again(broker, publication), true);
  equal(again(broker, publication), false);
  broker.expect("32 07 00 01 'a' 00 02 00 02").reply("40 02 00 01").told("settled a", "PUBACK 1");
  equal(again(broker, publication), true);
  broker.expect("32 07 00 01 'a' 00 03 00 02");
});

test("it waits for room among what is in flight", () => {
  const { broker, publication } = prepared(1, { ...LASTING, inFlight: 1 });
  equal(again(broker, publication), false);
  broker.expectNothing().reply("40 02 00 01").told("settled a", "PUBACK 1");
  equal(again(broker, publication), true);
});

test("its Topic Alias counts as used", () => {
  const { broker, publication } = prepared(1, LASTING, "22 00 02");
  const other = new Publication("b", 1, false), third = new Publication("c", 1, false);
  broker.publish(other, 1, "01");
  broker.expect("32 0A 00 01 'b' 00 02 03 23 00 02 01");
  equal(again(broker, publication), true);
  broker.expect("32 09 00 00 00 03 03 23 00 01 02");
  broker.publish(third, 1, "01");
  broker.expect("32 0A 00 01 'c' 00 04 03 23 00 02 01");
});

test("a header keeps its bytes while their number stays", () => {
  const { broker, publication } = prepared(1);
  const before = publication.header?.bytes;
  broker.publish(publication, 1, "01 02");
  equal(publication.header?.bytes, before);
  equal(hex(broker.transport.take()), hex(bytes("32 08 00 01 'a' 00 02 00 01 02")));
});
