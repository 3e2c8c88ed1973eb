import { equal } from "node:assert/strict";
import { decodeConnect } from "../../../src/protocol/codec/connect.js";
import { decodeFromServer } from "../../../src/protocol/codec/decode.js";
import { decodeDisconnect } from "../../../src/protocol/codec/disconnect.js";
import { decodePing } from "../../../src/protocol/codec/ping.js";
import type { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { decodeSubscribe } from "../../../src/protocol/codec/subscribe.js";
import { decodeUnsubscribe } from "../../../src/protocol/codec/unsubscribe.js";
import { decoded } from "./decoding.js";
import { peerProperties, type PeerPacket } from "./peer.js";

/** Decodes with this library, calling what the decoder returns to fields of mqtt-packet. */
function read<T>(data: Uint8Array, version: 4 | 5, decode: (packet: ReceivedPacket) => T): readonly [ReceivedPacket, T] {
  const results: T[] = [];
  const packet = decoded(data, version, (received) => results.push(decode(received)));
  equal(packet.fault, 0);
  return [packet, ...results] as unknown as readonly [ReceivedPacket, T];
}

function connect(data: Uint8Array): PeerPacket {
  const [, { version, cleanStart, clientId, keepAlive, user, password, will, properties }] = read(data, 5, decodeConnect);
  return {
    cmd: "connect", protocolId: "MQTT", protocolVersion: version, clean: cleanStart, clientId, keepalive: keepAlive, ...peerProperties(properties),
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password: Buffer.from(password) }),
    ...(will === undefined
      ? {}
      : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain, ...peerProperties(will.properties) } }),
  };
}

function subscribe(data: Uint8Array, version: 4 | 5): PeerPacket {
  const [packet, list] = read(data, version, decodeSubscribe);
  const subscriptions = list.map(({ filter, qos, noLocal, retainAsPublished, retainHandling }) =>
    version === 4 ? { topic: filter, qos } : { topic: filter, qos, nl: noLocal, rap: retainAsPublished, rh: retainHandling },
  );
  return { cmd: "subscribe", messageId: packet.identifier, subscriptions, ...peerProperties(packet.properties) };
}

function unsubscribe(data: Uint8Array, version: 4 | 5): PeerPacket {
  const [packet, unsubscriptions] = read(data, version, decodeUnsubscribe);
  return { cmd: "unsubscribe", messageId: packet.identifier, unsubscriptions, ...peerProperties(packet.properties) };
}

const RETURN_CODES = [0, 0x84, 0x85, 0x88, 0x86, 0x87];

function fromServer(data: Uint8Array, version: 4 | 5): PeerPacket {
  const [packet] = read(data, version, decodeFromServer);
  const properties = peerProperties(packet.properties);
  const reason = version === 5 ? { reasonCode: packet.reasonCode } : {};
  const messageId = packet.identifier;
  switch (packet.type) {
    case 2:
      return { cmd: "connack", sessionPresent: packet.sessionPresent, ...(version === 5 ? reason : { returnCode: RETURN_CODES.indexOf(packet.reasonCode) }), ...properties };
    case 3:
      return {
        cmd: "publish", topic: packet.topic, payload: Buffer.from(packet.payload), qos: packet.qos, retain: packet.retain, dup: packet.duplicate,
        ...(packet.qos > 0 ? { messageId } : {}), ...properties,
      };
    case 9:
      return { cmd: "suback", messageId, granted: [...packet.payload], ...properties };
    case 11:
      return { cmd: "unsuback", messageId, ...(version === 5 ? { granted: [...packet.payload] } : {}), ...properties };
    case 13:
      return { cmd: "pingresp" };
    case 15:
      return { cmd: "auth", ...reason, ...properties };
    default:
      return { cmd: ["puback", "pubrec", "pubrel", "pubcomp"][packet.type - 4] ?? "", messageId, ...reason, ...properties };
  }
}

/** Decodes any packet with this library and gives it the form of mqtt-packet. */
export function readAsPeer(data: Uint8Array, version: 4 | 5): PeerPacket {
  switch ((data[0] ?? 0) >> 4) {
    case 1:
      return connect(data);
    case 8:
      return subscribe(data, version);
    case 10:
      return unsubscribe(data, version);
    case 12:
      read(data, version, decodePing);
      return { cmd: "pingreq" };
    case 14: {
      const [packet] = read(data, version, decodeDisconnect);
      return { cmd: "disconnect", ...(version === 5 ? { reasonCode: packet.reasonCode } : {}), ...peerProperties(packet.properties) };
    }
    default:
      return fromServer(data, version);
  }
}
