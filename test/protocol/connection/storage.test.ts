import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { MqttError } from "../../../src/protocol/error.js";
import { Take } from "../../../src/protocol/connection/handler.js";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import type { SessionStorage } from "../../../src/protocol/session/session-storage.js";
import { LASTING, ScriptedBroker, type ScriptOptions } from "../support/scripted-broker.js";

const never = (): never => {
  throw new Error("nothing else is asked of the storage");
};

/** A client whose session is kept by a storage that notes what it is asked. @param received what it does with the identifier of a message. */
function kept(options: ScriptOptions = LASTING, received: () => MqttError | undefined = () => undefined): { broker: ScriptedBroker; notes: string[] } {
  const notes: string[] = [];
  const storage: SessionStorage = {
    restore: never, keep: never,
    begun: () => void notes.push("begun"),
    used: (identifier) => void notes.push(`used ${identifier}`),
    received: (identifier) => {
      notes.push(`received ${identifier}`);
      return received();
    },
    forgotten: (identifier) => void notes.push(`forgotten ${identifier}`),
  };
  const broker = new ScriptedBroker(options);
  broker.session.storage = broker.session.received.storage = storage;
  broker.connect().accept(false);
  return { broker, notes };
}

test("a session that lasts has begun when the server accepts, one that does not has not", () => {
  deepEqual(kept().notes, ["begun"]);
  deepEqual(kept({}).notes, []);
  deepEqual(kept({ version: 4, cleanStart: false }).notes, ["begun"]);
  deepEqual(kept({ version: 4, cleanStart: true }).notes, []);
});

test("the identifiers of QoS 2 publications are noted before they are sent", () => {
  const { broker, notes } = kept();
  for (const qos of [0, 1, 2]) broker.publish("a", qos);
  deepEqual(notes, ["begun", "used 2"]);
});

test("a publication that is kept itself and waits for room is told once that it is sent: when it is", () => {
  const { broker, notes } = kept({ ...LASTING, window: 7 });
  class Kept extends Publication {
    override readonly identifier = 0x102;
    override sent(): void {
      notes.push("sent");
    }
  }
  const publication = new Kept("a", 2, false);
  for (let attempt = 0; attempt < 3; attempt++) equal(broker.client.publish(publication, Uint8Array.of(1), false, broker.now), Published.BLOCKED);
  deepEqual(notes, ["begun"]);
  broker.drain(100);
  broker.client.publish(publication, Uint8Array.of(1), false, broker.now);
  broker.expect("34 07 00 01 'a' 01 02 00 01");
  deepEqual(notes, ["begun", "sent"]);
  broker.cut();
});

test("a publication that is kept itself goes out with its identifier, and is told so", () => {
  const { broker, notes } = kept();
  class Kept extends Publication {
    override readonly identifier = 0x102;
    override sent(): void {
      notes.push("sent");
    }
  }
  broker.client.publish(new Kept("a", 2, false), Uint8Array.of(1), false, broker.now);
  broker.expect("34 07 00 01 'a' 01 02 00 01");
  class Silent extends Publication {
    override readonly identifier = 0x103;
  }
  broker.client.publish(new Silent("a", 2, false), Uint8Array.of(1), false, broker.now);
  broker.expect("34 07 00 01 'a' 01 03 00 01");
  deepEqual(notes, ["begun", "sent"]);
});

test("the identifier of a received QoS 2 message is kept before its PUBREC, and forgotten with the PUBREL (MQTT-4.3.3-10)", () => {
  const { broker, notes } = kept();
  broker.reply("34 06 00 01 'a' 00 07 00").expect("50 02 00 07").told("a QoS 2: ");
  deepEqual(notes, ["begun", "received 7"]);
  broker.reply("62 02 00 07").expect("70 02 00 07");
  deepEqual(notes, ["begun", "received 7", "forgotten 7"]);
});

test("a QoS 1 message, and one that is refused, are not kept", () => {
  const { broker, notes } = kept();
  broker.reply("32 06 00 01 'a' 00 06 00").expect("40 02 00 06");
  for (const reasonCode of [0x80, 0x97]) {
    broker.take = () => reasonCode;
    broker.reply("34 06 00 01 'a' 00 07 00").expect(`50 03 00 07 ${reasonCode.toString(16)}`);
  }
  deepEqual(notes.filter((note) => !note.startsWith("forgotten")), ["begun"]);
});

test("a message whose identifier cannot be kept is acknowledged all the same, and its repeat is not delivered again", () => {
  const { broker } = kept(LASTING, () => new MqttError("resource", "full"));
  broker.reply("34 06 00 01 'a' 00 07 00").expect("50 02 00 07").told("a QoS 2: ");
  broker.reply("3C 06 00 01 'a' 00 07 00").expect("50 02 00 07").told();
  broker.reply("62 02 00 07").expect("70 02 00 07");
  equal(broker.session.incoming.count, 0);
});

test("a defect of the storage is not taken for a lack of room", () => {
  const { broker } = kept(LASTING, () => {
    throw new TypeError("defect");
  });
  throws(() => broker.reply("34 06 00 01 'a' 00 07 00"), { message: "defect" });
});

test("an identifier is kept when its PUBREC can be sent, not before", () => {
  const { broker, notes } = kept({ ...LASTING, window: 3 });
  broker.take = () => Take.TAKEN;
  broker.reply("34 06 00 01 'a' 00 07 00");
  deepEqual(notes, ["begun"]);
  broker.drain(10).expect("50 02 00 07");
  deepEqual(notes, ["begun", "received 7"]);
});
