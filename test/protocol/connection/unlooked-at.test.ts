import { equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { Take } from "../../../src/protocol/connection/handler.js";
import { ScriptedBroker } from "../support/scripted-broker.js";

/** A client whose application takes messages without a look at them, and how many it took. */
function taking(): { readonly broker: ScriptedBroker; readonly taken: () => number } {
  const broker = ScriptedBroker.connected();
  let taken = 0;
  // Not by assignment: inside XS the method of the class is frozen.
  Object.defineProperty(broker, "onPublish", {
    value: () => {
      taken++;
      return Take.TAKEN;
    },
  });
  return { broker, taken: () => taken };
}

suite("a message that the application does not look at", () => {
  test("is checked all the same: its topic may have no wildcard (MQTT-3.3.2-2)", () => {
    for (const packet of ["30 06 00 03 'a/+' 00", "32 08 00 03 'a/+' 00 07 00"]) taking().broker.reply(packet).expect("E0 01 82").told("closed peer 0x82");
  });

  test("is acknowledged", () => {
    taking().broker.reply("32 06 00 01 'a' 00 07 00").expect("40 02 00 07");
  });

  test("is not delivered at all when its alias stands for nothing (MQTT-3.3.2-9)", () => {
    const { broker, taken } = taking();
    broker.reply("30 06 00 00", "03 23 00 01").expect("E0 01 94").told("closed peer 0x94");
    equal(taken(), 0);
  });
});

test("a message is dealt with before the next, also when the application is called back meanwhile", () => {
  const broker = ScriptedBroker.connected();
  broker.reaction = () => broker.client.writable(100, broker.now);
  broker.reply("32 06 00 01 'a' 00 01 00", "32 06 00 01 'b' 00 02 00").expect("40 02 00 01", "40 02 00 02");
});
