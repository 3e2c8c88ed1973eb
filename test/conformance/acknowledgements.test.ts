/** PUBACK, PUBREC, PUBREL and PUBCOMP (MQTT 5.0, 3.4 to 3.7). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Take } from "../../src/protocol/connection/handler.js";
import { connected } from "../client/network.js";
import { mqttError } from "../protocol/support/encoding.js";
import { LASTING, ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { acceptedCodes } from "./accepted-codes.js";

/** Reason Codes of PUBACK and PUBREC (MQTT 5.0, 3.4.2.1, 3.5.2.1). */
const CODES = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];

/** Those of them that are a client's to send: No matching subscribers is the server's. */
const OWN_CODES = CODES.filter((code) => code !== 0x10);

/** Those of PUBREL and PUBCOMP (3.6.2.1, 3.7.2.1). */
const RELEASE_CODES = [0x00, 0x92];

/** After an identifier and a Reason Code: what makes 20 bytes of a packet, and 21. */
const LONG = {
  "a Reason String": ["0E 1F 00 0B 'xxxxxxxxxxx'", "0F 1F 00 0C 'xxxxxxxxxxxx'"],
  "user properties": ["0E 26 00 01 'k' 00 08 'vvvvvvvv'", "0F 26 00 01 'k' 00 09 'vvvvvvvvv'"],
} as const;

/** A connection with a QoS 1 and a QoS 2 publication on their way, their identifiers 1 and 2, and what was sent taken. */
function publishing(options: ScriptOptions = {}): ScriptedBroker {
  const broker = ScriptedBroker.connected(options);
  broker.publish("a", 1);
  broker.publish("b", 2);
  return broker.expect("32 06 00 01 'a' 00 01 00", "34 06 00 01 'b' 00 02 00");
}

/** The PUBREL for the QoS 2 publication has been sent. */
const releasing = (options: ScriptOptions = {}): ScriptedBroker => publishing(options).reply("50 02 00 02").expect("62 02 00 02").told("PUBREC 2");

/** A message at QoS 2 has been received, its PUBREC sent. */
const received = (options: ScriptOptions = {}): ScriptedBroker =>
  ScriptedBroker.connected(options).reply("34 06 00 01 'a' 00 05 00").expect("50 02 00 05").told("a QoS 2: ");

/** A message of each QoS, identifiers 1 and 2, that the application has not yet acknowledged. */
function holding(...connack: readonly string[]): ScriptedBroker {
  const broker = ScriptedBroker.connected({}, ...connack);
  broker.take = (): number => Take.LATER;
  return broker.reply("32 06 00 01 'a' 00 01 00", "34 06 00 01 'a' 00 02 00").expectNothing();
}

test("[MQTT-3.4.2-1] a PUBACK with a code that it has is taken, with any other it is answered with 0x81 or 0x82", () => {
  deepEqual(acceptedCodes((code) => publishing().reply("40 03 00 01", code)), CODES);
  deepEqual(acceptedCodes((code) => publishing().reply("40 04 00 01", code, "00")), CODES);
});

test("[MQTT-3.5.2-1] a PUBREC with a code that it has is taken, with any other it is answered with 0x81 or 0x82", () => {
  deepEqual(acceptedCodes((code) => publishing().reply("50 03 00 02", code)), CODES);
  deepEqual(acceptedCodes((code) => publishing().reply("50 04 00 02", code, "00")), CODES);
});

test("[MQTT-3.6.2-1] a PUBREL with a code that it has is taken, with any other it is answered with 0x81 or 0x82", () => {
  deepEqual(acceptedCodes((code) => received().reply("62 03 00 05", code)), RELEASE_CODES);
  deepEqual(acceptedCodes((code) => received().reply("62 04 00 05", code, "00")), RELEASE_CODES);
});

test("[MQTT-3.7.2-1] a PUBCOMP with a code that it has is taken, with any other it is answered with 0x81 or 0x82", () => {
  deepEqual(acceptedCodes((code) => releasing().reply("70 03 00 02", code)), RELEASE_CODES);
  deepEqual(acceptedCodes((code) => releasing().reply("70 04 00 02", code, "00")), RELEASE_CODES);
});

for (const [id, name, identifier, first] of [["MQTT-3.4.2-1", "PUBACK", 1, "40"], ["MQTT-3.5.2-1", "PUBREC", 2, "50"]] as const)
  test(`[${id}] a ${name} is sent with the codes that are a client's, with any other the application is refused and nothing is sent`, () => {
    for (let code = 0; code < 256; code++) {
      const broker = holding();
      // PUBREC waits for the PUBACK before it.
      if (identifier === 2) broker.acknowledge(1).expect("40 02 00 01");
      if (OWN_CODES.includes(code)) {
        broker.acknowledge(identifier, code);
        broker.expect(code === 0 ? `${first} 02 00 0${identifier}` : `${first} 03 00 0${identifier} ${code.toString(16)}`);
      } else {
        equal(mqttError(() => broker.acknowledge(identifier, code)).kind, "configuration", `code ${code}`);
        broker.expectNothing();
      }
    }
  });

test("[MQTT-3.4.2-1][MQTT-3.5.2-1] a message that the application refuses at once gets the code that it names", () => {
  for (const code of OWN_CODES.filter((each) => each >= 0x80)) {
    const broker = ScriptedBroker.connected();
    broker.take = (): number => code;
    broker.reply("32 06 00 01 'a' 00 01 00", "34 06 00 01 'a' 00 02 00").expect("40 03 00 01", code.toString(16), "50 03 00 02", code.toString(16));
  }
});

test("[MQTT-3.6.2-1] a PUBREL has 0x00, or 0x92 for an identifier that is not known, also when it is repeated", () => {
  const broker = releasing(LASTING).reply("50 02 00 09").expect("62 03 00 09 92").cut().connect().accept(true);
  broker.expect("3A 06 00 01 'a' 00 01 00", "62 02 00 02", "62 03 00 09 92").reply("50 02 00 02", "50 02 00 09").expect("62 02 00 02", "62 03 00 09 92");
});

test("[MQTT-3.7.2-1] a PUBCOMP has 0x00, or 0x92 for an identifier that is not known", () => {
  received().reply("62 02 00 05", "62 02 00 05", "62 03 00 06 92").expect("70 02 00 05", "70 03 00 05 92", "70 03 00 06 92");
});

test("[MQTT-3.6.1-1] a PUBREL begins with 0x62: the first, a repeated one, one for an unknown identifier", () => {
  const broker = releasing(LASTING).reply("50 02 00 02").expect("62 02 00 02").reply("50 02 12 34").expect("62 03 12 34 92");
  broker.cut().connect().accept(true).expect("3A 06 00 01 'a' 00 01 00", "62 02 00 02", "62 03 12 34 92");
});

test("[MQTT-3.6.1-1] a PUBREL with other flags than 0010 is answered with 0x81 and releases nothing", () => {
  for (let flags = 0; flags < 16; flags++)
    for (const rest of ["02 00 05", "03 00 05 00", "04 00 05 00 00"]) {
      const broker = received().reply(`6${flags.toString(16)} ${rest}`);
      if (flags === 2) broker.expect("70 02 00 05").told("PUBREL 5");
      else broker.expect("E0 01 81").told("closed peer 0x81");
    }
});

/** The first byte of an acknowledgement, its identifier, how it comes to be received, and what the application is told of it. */
const INBOUND = [
  ["3.4", "PUBACK", "40", 1, publishing, ["settled a", "PUBACK 1"]], ["3.5", "PUBREC", "50", 2, publishing, ["PUBREC 2"]],
  ["3.6", "PUBREL", "62", 5, received, ["PUBREL 5"]], ["3.7", "PUBCOMP", "70", 2, releasing, ["settled b", "PUBCOMP 2"]],
] as const;

for (const [clause, name, first, identifier, before, told] of INBOUND)
  for (const [statement, what] of [["2", "a Reason String"], ["3", "user properties"]] as const) {
    const [whole, over] = LONG[what];
    const limited = (): ScriptedBroker => before({ properties: { maximumPacketSize: 20 } });

    test(`[MQTT-${clause}.2-${statement}] a ${name} that ${what} makes larger than the client's Maximum Packet Size is answered with 0x95`, () => {
      limited().reply(first, `13 00 0${identifier} 00`, over).expect("E0 01 95").told("closed peer 0x95");
    });

    test(`[MQTT-${clause}.2-${statement}] a ${name} that ${what} makes just as large as the client's Maximum Packet Size is taken`, () => {
      limited().reply(first, `12 00 0${identifier} 00`, whole).told(...told);
    });
  }

test("[MQTT-3.4.2-2][MQTT-3.4.2-3][MQTT-3.5.2-2][MQTT-3.5.2-3] what a handler's error says stays here: the answer fits a server that takes 20 bytes", async (t) => {
  const { client, link, errors } = await connected(t, {}, { properties: "27 00 00 00 14" });
  const call = client.subscribe("a", { qos: 2 }, () => {
    throw new Error("a reason that is much longer than the twenty bytes of a packet");
  });
  await link.expect("82 07 00 01 00 00 01 'a' 02");
  link.send("90 04 00 01 00 02");
  await call;
  link.send("32 06 00 01 'a' 00 01 00", "34 06 00 01 'a' 00 02 00");
  await link.expect("40 03 00 01 80");
  await link.expect("50 03 00 02 80");
  equal((await errors.next()).message.length > 20, true);
});

test("[MQTT-3.4.2-2][MQTT-3.4.2-3] a PUBACK is its identifier and at most a Reason Code: 5 bytes, whatever the server's Maximum Packet Size", () => {
  holding("27 00 00 00 05").acknowledge(1, 0x99).expect("40 03 00 01 99");
  holding().acknowledge(1).expect("40 02 00 01");
});

test("[MQTT-3.5.2-2][MQTT-3.5.2-3] a PUBREC is its identifier and at most a Reason Code: 5 bytes, whatever the server's Maximum Packet Size", () => {
  holding("27 00 00 00 05").acknowledge(1).acknowledge(2, 0x99).expect("40 02 00 01", "50 03 00 02 99");
});

test("[MQTT-3.6.2-2][MQTT-3.6.2-3] a PUBREL is its identifier and at most a Reason Code, though the PUBREC brought texts", () => {
  const broker = ScriptedBroker.connected({}, "27 00 00 00 14");
  broker.publish("b", 2);
  broker.expect("34 06 00 01 'b' 00 01 00").reply("50 20 00 01 00", "1C 1F 00 07 'because' 26 00 01 'k' 00 0C 'vvvvvvvvvvvv'").expect("62 02 00 01");
  broker.reply("50 0B 00 09 00", "07 26 00 01 'k' 00 01 'v'").expect("62 03 00 09 92");
});

test("[MQTT-3.7.2-2][MQTT-3.7.2-3] a PUBCOMP is its identifier and at most a Reason Code, though the PUBREL brought texts", () => {
  const broker = ScriptedBroker.connected({}, "27 00 00 00 14").reply("34 06 00 01 'a' 00 05 00").expect("50 02 00 05");
  broker.reply("62 20 00 05 00", "1C 1F 00 07 'because' 26 00 01 'k' 00 0C 'vvvvvvvvvvvv'").expect("70 02 00 05");
  broker.reply("62 0B 00 09 92", "07 26 00 01 'k' 00 01 'v'").expect("70 03 00 09 92");
});
