/** QoS 2 from the sender's side (MQTT 5.0, 4.3.3). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Published } from "../../src/protocol/connection/publishing.js";
import { Publication } from "../../src/protocol/session/publication.js";
import { bytes } from "../protocol/support/bytes.js";
import { LASTING, ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established } from "./established.js";

/** The PUBLISH of `a` at QoS 2 is out, under identifier 1. */
function published(options = LASTING): ScriptedBroker {
  const broker = ScriptedBroker.connected(options);
  equal(broker.publish("a", 2), Published.ACCEPTED);
  return broker.expect("34 06 00 01 'a' 00 01 00");
}

/** Comes back to the session. */
const resume = (broker: ScriptedBroker): ScriptedBroker => broker.cut().connect().accept(true);

/** Uses up identifiers, so that the next one would be 1 again. */
function comeRound(broker: ScriptedBroker): void {
  for (let i = 1; i < 0xffff; i++) if (broker.session.outgoing.nextIdentifier() === 0xffff) return;
}

test("[MQTT-4.3.3-1] two QoS 2 publications before PUBCOMP have different Packet Identifiers", () => {
  const broker = published();
  broker.publish("a", 2);
  broker.expect("34 06 00 01 'a' 00 02 00");
});

test("[MQTT-4.3.3-1] an identifier stays taken between PUBREC and PUBCOMP, and is free behind it", () => {
  const broker = published().reply("50 02 00 01").expect("62 02 00 01");
  comeRound(broker);
  broker.publish("a", 2);
  broker.expect("34 06 00 01 'a' 00 02 00").reply("70 02 00 01");
  comeRound(broker);
  broker.publish("a", 2);
  broker.expect("34 06 00 01 'a' 00 01 00");
});

test("[MQTT-4.3.3-2] the first copy at QoS 2 begins with 0x34 and has its identifier behind the topic", () => {
  const broker = published();
  broker.client.publish(new Publication("a", 2, true), bytes("07"), false, broker.now);
  broker.expect("35 07 00 01 'a' 00 02 00 07");
});

test("[MQTT-4.3.3-2] a prepared topic's second message at QoS 2 is a first copy too", () => {
  const broker = ScriptedBroker.connected();
  const prepared = new Publication("a", 2, false);
  broker.publish(prepared, 2, "07");
  broker.publish(prepared, 2, "07");
  broker.expect("34 07 00 01 'a' 00 01 00 07", "34 07 00 01 'a' 00 02 00 07");
});

test("[MQTT-4.3.3-3] without its PUBREC the PUBLISH comes again on the next connection, with DUP and its identifier", () => {
  resume(resume(published()).expect("3C 06 00 01 'a' 00 01 00")).expect("3C 06 00 01 'a' 00 01 00");
});

for (const answer of ["40 02 00 01", "70 02 00 01", "90 04 00 01 00 00"])
  test(`[MQTT-4.3.3-3] ${answer} is no answer to a QoS 2 PUBLISH: it stays in flight`, () => {
    published().reply(answer).expect("E0 01 82").told("closed peer 0x82").connect().accept(true).expect("3C 06 00 01 'a' 00 01 00");
  });

test("[MQTT-4.3.3-3] without its PUBREC a call of publish stays pending", async (t) => {
  const { client, link, broker } = await established(t);
  const settled: string[] = [];
  const call = client.publish("a", "x", { qos: 2 });
  void call.then(() => settled.push("published"));
  await link.expect("34 07 00 01 'a' 00 01 00 'x'");
  link.cut();
  const again = await broker.welcome({ sessionPresent: true });
  await again.expect("3C 07 00 01 'a' 00 01 00 'x'");
  deepEqual(settled, []);
  again.send("50 02 00 01");
  await again.expect("62 02 00 01");
  deepEqual(settled, []);
  again.send("70 02 00 01");
  equal(await call, 0);
});

for (const [code, pubrec] of [["0x00", "50 02 00 01"], ["0x00, written out", "50 03 00 01 00"], ["0x10", "50 03 00 01 10"]] as const)
  test(`[MQTT-4.3.3-4] PUBREC with ${code} is answered with PUBREL and its identifier`, () => {
    published().reply(pubrec).expect("62 02 00 01");
  });

for (const code of ["80", "83", "87", "90", "91", "97", "99"])
  test(`[MQTT-4.3.3-4] PUBREC with 0x${code} is not answered: the exchange is over`, () => {
    const broker = published().reply("50 03 00 01", code).expectNothing();
    equal(broker.session.outgoing.count, 0);
    resume(broker).expectNothing();
  });

test("[MQTT-4.3.3-4] PUBREC that comes again is answered again", () => {
  published().reply("50 02 00 01").expect("62 02 00 01").reply("50 02 00 01").expect("62 02 00 01");
});

test("[MQTT-4.3.3-4] PUBREL goes out once there is room for it", () => {
  published({ ...LASTING, window: 8 }).reply("50 02 00 01").expectNothing().drain(5).expect("62 02 00 01");
});

test("[MQTT-4.3.3-5] without its PUBCOMP the PUBREL comes again on the next connection and the identifier stays taken", () => {
  const broker = resume(published().reply("50 02 00 01").expect("62 02 00 01")).expect("62 02 00 01");
  comeRound(broker);
  broker.publish("b", 2);
  broker.expect("34 06 00 01 'b' 00 02 00");
  resume(broker).expect("62 02 00 01", "3C 06 00 01 'b' 00 02 00").reply("70 02 00 01");
  resume(broker).expect("3C 06 00 01 'b' 00 02 00");
});

test("[MQTT-4.3.3-5] PUBREL counts as in flight until PUBCOMP has its own identifier", () => {
  const broker = published();
  broker.publish("b", 2);
  broker.reply("50 02 00 01", "50 02 00 02").reply("70 02 00 02").transport.take();
  resume(broker).expect("62 02 00 01");
});

for (const answer of ["40 02 00 01", "50 03 00 01 80"])
  test(`[MQTT-4.3.3-5] ${answer} is no answer to PUBREL: it stays in flight`, () => {
    const broker = published().reply("50 02 00 01").expect("62 02 00 01").reply(answer).expect("E0 01 82").told("PUBREC 1", "closed peer 0x82");
    broker.connect().accept(true).expect("62 02 00 01");
  });

test("[MQTT-4.3.3-6] once PUBREL went out the PUBLISH is never repeated: only PUBREL comes again", () => {
  resume(resume(published().reply("50 02 00 01").expect("62 02 00 01")).expect("62 02 00 01")).expect("62 02 00 01");
});

test("[MQTT-4.3.3-6] a connection that is lost between PUBREC and PUBREL does not bring the PUBLISH back either", () => {
  const broker = published({ ...LASTING, window: 8 }).reply("50 02 00 01").expectNothing();
  broker.cut().connect({ window: 100 }).accept(true).expect("62 02 00 01");
});

test("[MQTT-4.3.3-7] a Message Expiry Interval that is over does not stop an exchange whose PUBLISH has left", () => {
  const broker = ScriptedBroker.connected();
  broker.publish("a", 2, "07", { messageExpiryInterval: 1 });
  broker.expect("34 0C 00 01 'a' 00 01 05 02 00 00 00 01 07").after(3000).reply("50 02 00 01").expect("62 02 00 01");
  broker.after(3000).reply("70 02 00 01").told("PUBREC 1", "settled a", "PUBCOMP 1");
});

test("[MQTT-4.3.3-7] nor does it keep the PUBLISH from being resent, with the interval it had", () => {
  const broker = ScriptedBroker.connected(LASTING);
  broker.publish("a", 2, "07", { messageExpiryInterval: 1 });
  resume(broker.after(3000)).expect("3C 0C 00 01 'a' 00 01 05 02 00 00 00 01 07").after(3000).reply("50 02 00 01").expect("62 02 00 01");
});
