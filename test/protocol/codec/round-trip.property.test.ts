import fc from "fast-check";
import { deepEqual, equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { hex } from "../support/bytes.js";
import { encoded } from "../support/encoding.js";
import { generatedByPeer, parsedByPeer, type PeerPacket } from "../support/peer.js";
import { readAsPeer } from "../support/reading.js";
import { samples, type Sample } from "../support/samples.js";

const bytesOf = ({ encode }: Sample): Uint8Array => encoded(encode, 20_000);

/** mqtt-packet knows the Reason Codes of DISCONNECT by 3.14.2.1 alone; 2.4 has Bad authentication method besides. */
function isKnown(packet: PeerPacket): boolean {
  return packet.cmd !== "disconnect" || packet["reasonCode"] !== 0x8c;
}

/** mqtt-packet refuses an AUTH of two bytes, which stands for success without properties (MQTT 5.0, 3.15.2.1). */
function parsable(packet: PeerPacket): boolean {
  return isKnown(packet) && !(packet.cmd === "auth" && packet["reasonCode"] === 0 && packet["properties"] === undefined);
}

/**
 * mqtt-packet holds MQTT 5.0 to two rules of MQTT 3.1.1: no password without a user name, and no empty Client Identifier without a
 * clean session.
 */
function generatable(packet: PeerPacket): boolean {
  if (packet.cmd !== "connect") return isKnown(packet);
  return (packet["password"] === undefined || packet["username"] !== undefined) && (packet["clientId"] !== "" || packet["clean"] === true);
}

for (const [name, arbitrary] of samples)
  suite(name, () => {
    test("what this library encodes it decodes", () => {
      fc.assert(fc.property(arbitrary, (sample) => deepEqual(readAsPeer(bytesOf(sample), sample.version), sample.peer)));
    });

    test("what this library encodes mqtt-packet parses", () => {
      fc.assert(
        fc.property(
          arbitrary.filter(({ peer }) => parsable(peer)),
          (sample) => deepEqual(parsedByPeer(bytesOf(sample), sample.version), sample.peer),
        ),
      );
    });

    test("what mqtt-packet generates this library decodes", () => {
      fc.assert(
        fc.property(
          arbitrary.filter(({ peer }) => generatable(peer)),
          ({ peer, version }) => deepEqual(readAsPeer(generatedByPeer(peer, version), version), peer),
        ),
      );
    });

    test("a buffer of exactly the length of the packet takes it", () => {
      fc.assert(
        fc.property(arbitrary, (sample) => {
          const packet = bytesOf(sample);
          equal(hex(encoded(sample.encode, packet.length)), hex(packet));
        }),
      );
    });
  });
