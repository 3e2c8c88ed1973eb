import { equal } from "node:assert/strict";
import { test } from "node:test";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { Publication, type PayloadSource } from "../../../src/protocol/session/publication.js";
import { bytes } from "../support/bytes.js";
import type { FakeTransport } from "../support/fake-transport.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

/** Puts something in the place of `write`: in XS nothing can be assigned over a frozen method. */
function instead(transport: FakeTransport, write: FakeTransport["write"]): void {
  Object.defineProperty(transport, "write", { value: write });
}

/** The transport takes nothing more after each write, whatever its window was: it has records of its own to send. */
function fillingUp(): ScriptedBroker {
  const broker = ScriptedBroker.connected({ ...LASTING, window: 40 });
  const { transport } = broker;
  const write = transport.write.bind(transport);
  instead(transport, (data) => {
    write(data);
    return 0;
  });
  return broker;
}

test("what the transport says it still takes counts, not what was written", () => {
  const broker = fillingUp();
  equal(broker.publish("a"), Published.DONE);
  equal(broker.publish("a"), Published.BLOCKED);
});

test("so it does for a header at hand", () => {
  const broker = fillingUp();
  const publication = new Publication("a", 1, false);
  // Header and payload are two writes: the second has to have been taken too.
  broker.publish(publication, 1, "01");
  broker.drain(0);
  const { header } = publication;
  equal(header !== undefined && broker.client.publishPrepared(publication, header, bytes("02")), true);
  equal(header !== undefined && broker.client.publishPrepared(publication, header, bytes("03")), false);
});

test("so it does for a payload that comes from a source", () => {
  const broker = fillingUp();
  const given: number[] = [];
  const source: PayloadSource = { byteLength: 10, read: (offset) => Uint8Array.of(given.push(offset)) };
  equal(broker.publish("a", 0, source), Published.ACCEPTED);
  broker.drain(0);
  equal(given.length, 1);
});

test("acknowledgements of success are sent from one view, which other packets leave alone", () => {
  const broker = ScriptedBroker.connected();
  const sent: Uint8Array[] = [];
  const { transport } = broker;
  const write = transport.write.bind(transport);
  instead(transport, (data) => {
    sent.push(data);
    return write(data);
  });
  broker.reply("32 06 00 01 'a' 00 01 00", "32 06 00 01 'a' 00 02 00");
  broker.publish("a", 0, "01");
  broker.reply("32 06 00 01 'a' 00 03 00");
  broker.take = () => 0x97;
  broker.reply("32 06 00 01 'a' 00 04 00");
  const [first, second, , third, fourth] = sent;
  equal(first, second);
  equal(first, third);
  equal(fourth?.length, 5);
});
