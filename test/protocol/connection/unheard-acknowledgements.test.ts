import { deepEqual, equal } from "node:assert/strict";
import { suite, test } from "node:test";
import type { MqttError } from "../../../src/protocol/error.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

/** Notes what it is told of its end. */
class Noting extends Publication {
  readonly ends: number[] = [];
  whenSettled: () => void = () => undefined;

  override settled(outcome: number | MqttError): void {
    this.ends.push(Number(outcome));
    this.whenSettled();
  }
}

/** A client whose handler hears of no acknowledgements. */
function unhearing(): ScriptedBroker {
  const broker = ScriptedBroker.connected(LASTING);
  broker.hearsAcknowledgements = false;
  return broker;
}

suite("acknowledgements that the handler does not hear of", () => {
  test("are told to the publication, and that there is room to the handler", () => {
    const broker = unhearing();
    const publication = new Noting("a", 1, false);
    broker.publish(publication);
    broker.publish(publication);
    const before = broker.writableCalls;
    broker.reply("40 02 00 01").told();
    deepEqual(publication.ends, [0]);
    equal(broker.writableCalls, before + 1);
    broker.reply("40 02 00 02").told();
    deepEqual(publication.ends, [0, 0]);
    equal(broker.session.outgoing.count, 0);
  });

  test("are told to the handler all the same when they say more than success", () => {
    const broker = unhearing();
    broker.publish("a", 1);
    broker.reply("40 03 00 01 87").told("settled a 0x87", "PUBACK 1 0x87");
    broker.publish("b", 1);
    broker.reply("40 04 00 02 10 00").told("settled b 0x10", "PUBACK 2 0x10");
  });

  test("may concern publications that ask for nothing", () => {
    const broker = unhearing();
    broker.publish("a", 1);
    broker.reply("40 02 00 01").told();
    equal(broker.session.outgoing.count, 0);
    equal(broker.session.outgoing.at(0).publication, undefined, "so that it can be collected");
  });

  test("are the last thing that is told when the publication ends the connection", () => {
    const broker = unhearing();
    const publication = new Noting("a", 1, false);
    publication.whenSettled = () => void broker.disconnect();
    broker.publish(publication);
    const before = broker.writableCalls;
    broker.reply("40 02 00 01");
    equal(broker.writableCalls, before);
  });
});

suite("a PUBACK", () => {
  test("for the oldest publication makes room for one more, whether it was the only one or not", () => {
    for (const others of [0, 1]) {
      const broker = ScriptedBroker.connected(LASTING, "21 00 02");
      for (let i = 0; i <= others; i++) broker.publish("a", 1);
      broker.reply("40 02 00 01").told("settled a", "PUBACK 1");
      equal(broker.session.outgoing.count, others);
      equal(broker.client.mayPublish(2), true);
      if (others === 1) equal(broker.session.outgoing.find(2), 0);
    }
  });

  test("that comes twice is a Protocol Error, though its entry is kept to be used again", () => {
    const broker = ScriptedBroker.connected(LASTING);
    broker.publish("a", 1);
    broker.reply("40 02 00 01").told("settled a", "PUBACK 1");
    broker.transport.take();
    broker.reply("40 02 00 01").expect("E0 01 82").told("closed peer 0x82");
  });

  test("for a SUBSCRIBE or a QoS 2 publication at the front is a Protocol Error", () => {
    const subscribing = ScriptedBroker.connected(LASTING).subscribe("a");
    subscribing.transport.take();
    subscribing.reply("40 02 00 01").expect("E0 01 82");
    const publishing = ScriptedBroker.connected(LASTING);
    publishing.publish("a", 2);
    publishing.transport.take();
    publishing.reply("40 02 00 01").expect("E0 01 82");
  });
});
