/** What lasts on a connection must not make a device grow: memory after 300 batches of messages is that after 10, to the byte. */
import { test } from "node:test";
import { bytes, join } from "../protocol/support/bytes.js";
import { attack, CONNACK, each, identifier, type Device } from "./growth.js";

/** A marker behind each batch. */
const END = "30 06 00 03 'end' 00";

/** On one connection: batches, a round each. */
const batches: readonly (readonly [what: string, batch: (round: number) => Uint8Array, device?: Device])[] = [
  ["QoS 0", () => bytes(each(40, () => "30 05 00 01 'a' 00 'x'"))],
  ["QoS 0 with slow handlers", () => bytes(each(40, () => "30 05 00 01 'a' 00 'x'")), { slow: true }],
  ["QoS 1", () => bytes(each(40, (number) => `32 07 00 01 'a' ${identifier(number + 1)} 00 'x'`))],
  ["QoS 1 with slow handlers", () => bytes(each(20, (number) => `32 07 00 01 'a' ${identifier(number + 1)} 00 'x'`)), { slow: true }],
  ["QoS 1 with slow handlers in MQTT 3.1.1", () => bytes(each(40, (number) => `32 06 00 01 'a' ${identifier(number + 1)} 'x'`)), { slow: true, options: { version: 4 } }],
  ["QoS 2 in MQTT 3.1.1", () => bytes(each(40, (number) => `34 06 00 01 'a' ${identifier(number + 1)} 'x'`), each(40, (number) => `62 02 ${identifier(number + 1)}`)), { options: { version: 4, clean: true } }],
  ["QoS 2 messages again and again", () => bytes(each(40, () => "3C 07 00 01 'a' 00 07 00 'x'"))],
  ["PINGRESPs", () => bytes(each(400, () => "D0 00"))],
  ["PUBRECs for what was never sent", () => bytes(each(20, (number) => `50 02 ${identifier(number + 100)}`))],
  ["PUBRELs for what was never received", () => bytes(each(40, (number) => `62 02 ${identifier(number + 100)}`))],
  ["messages that do not fit and that nobody takes in pieces", () => join(bytes("30 84 20 00 01 'a' 00"), new Uint8Array(0x1000))],
  ["JSON nested as deep as the receive buffer is long", () => bytes("30 F8 03 00 01 'a' 00", "5B ".repeat(500)), { json: true }],
  ["messages with as many User Properties as fit", () => bytes(`30 F4 03 00 01 'a' EF 03 ${"26 00 00 00 00 ".repeat(99)}`)],
  ["Topic Aliases, always for others", (round) => bytes(each(40, (number) => `30 0A 00 04 '${1000 + ((40 * round + number) % 9000)}' 03 23 00 0${(number % 4) + 1}`)), { options: { properties: { topicAliasMaximum: 4 } } }],
];

for (const [what, batch, device] of batches)
  test(`${what}: 300 batches on one connection`, async () => {
    await attack({ ...device, batches: true }, (socket) => {
      const version5 = device?.options?.["version"] !== 4;
      let round = 0;
      const send = (): void => void socket.write(join(batch(round++), bytes(version5 ? END : "30 05 00 03 'end'")));
      socket.once("data", () => {
        socket.write(bytes(version5 ? CONNACK : "20 02 00 00"));
        send();
        socket.on("data", (data) => {
          if (data.includes("next")) send();
        });
      });
    });
  });
