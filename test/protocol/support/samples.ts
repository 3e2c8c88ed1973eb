import fc from "fast-check";
import { encodeAcknowledgement } from "../../../src/protocol/codec/acknowledgement.js";
import { encodeConnack } from "../../../src/protocol/codec/connack.js";
import { encodeConnect, type Connect } from "../../../src/protocol/codec/connect.js";
import { encodeDisconnect } from "../../../src/protocol/codec/disconnect.js";
import { encodePing } from "../../../src/protocol/codec/ping.js";
import { encodePublish } from "../../../src/protocol/codec/publish.js";
import { isReasonCode } from "../../../src/protocol/codec/reason-code.js";
import { encodeSuback } from "../../../src/protocol/codec/suback.js";
import { encodeSubscribe } from "../../../src/protocol/codec/subscribe.js";
import { encodeUnsubscribe } from "../../../src/protocol/codec/unsubscribe.js";
import { binary, filter, identifier, payload, properties, qos, string, subscriptionIdentifiers, topic, version } from "./arbitraries.js";
import type { Encode } from "./encoding.js";
import { peerProperties, type PeerPacket } from "./peer.js";

/** A packet: how this library encodes it, and how mqtt-packet has it. */
export interface Sample {
  readonly version: 4 | 5;
  readonly encode: Encode;
  readonly peer: PeerPacket;
}

const codes = (type: number): fc.Arbitrary<number> => fc.constantFrom(...Array.from({ length: 256 }, (_, code) => code).filter((code) => isReasonCode(type, code)));
const five = <T>(version: 4 | 5, value: T): T | undefined => (version === 5 ? value : undefined);
const absent = { nil: undefined };

const MESSAGE = ["payloadFormatIndicator", "messageExpiryInterval", "contentType", "responseTopic", "correlationData", "userProperty"] as const;

const will = fc.record({ topic, payload: binary, qos, retain: fc.boolean(), properties: properties(...MESSAGE, "willDelayInterval") }, { noNullPrototype: true });

const connect: fc.Arbitrary<Sample> = fc
  .record({
    version, cleanStart: fc.boolean(), keepAlive: fc.integer({ min: 0, max: 0xffff }), clientId: string, will: fc.option(will, absent),
    user: fc.option(string, absent), password: fc.option(binary, absent),
    properties: properties("sessionExpiryInterval", "receiveMaximum", "maximumPacketSize", "topicAliasMaximum", "requestResponseInformation",
      "requestProblemInformation", "userProperty", "authenticationMethod", "authenticationData"),
  })
  .map((any): Connect => (any.version === 5 ? any : { ...any, clientId: any.clientId || "id", password: any.user === undefined ? undefined : any.password }))
  .map((connect) => ({
    version: connect.version,
    encode: (writer) => encodeConnect(writer, connect),
    peer: {
      cmd: "connect", protocolId: "MQTT", protocolVersion: connect.version, clean: connect.cleanStart, clientId: connect.clientId, keepalive: connect.keepAlive,
      ...peerProperties(five(connect.version, connect.properties)),
      ...(connect.user === undefined ? {} : { username: connect.user }),
      ...(connect.password === undefined ? {} : { password: Buffer.from(connect.password) }),
      ...(connect.will === undefined
        ? {}
        : {
            will: {
              topic: connect.will.topic, payload: Buffer.from(connect.will.payload), qos: connect.will.qos, retain: connect.will.retain,
              ...peerProperties(five(connect.version, connect.will.properties)),
            },
          }),
    },
  }));

const connack: fc.Arbitrary<Sample> = fc
  .tuple(version, fc.boolean(), codes(2), fc.integer({ min: 0, max: 5 }), properties("sessionExpiryInterval", "receiveMaximum", "maximumQoS", "retainAvailable",
    "maximumPacketSize", "assignedClientIdentifier", "topicAliasMaximum", "reasonString", "userProperty", "wildcardSubscriptionAvailable",
    "subscriptionIdentifierAvailable", "sharedSubscriptionAvailable", "serverKeepAlive", "responseInformation", "serverReference",
    "authenticationMethod", "authenticationData"))
  .map(([version, present, reasonCode, returnCode, properties]) => {
    const code = version === 5 ? reasonCode : returnCode;
    const sessionPresent = present && code === 0;
    const reason = version === 5 ? { reasonCode } : { returnCode };
    return {
      version,
      encode: (writer) => encodeConnack(writer, version, sessionPresent, code, properties),
      peer: { cmd: "connack", sessionPresent, ...reason, ...peerProperties(five(version, properties)) },
    };
  });

const publish: fc.Arbitrary<Sample> = fc
  .tuple(version, topic, payload, qos, fc.boolean(), fc.boolean(), identifier, properties(...MESSAGE, "topicAlias", "subscriptionIdentifier"),
    fc.option(subscriptionIdentifiers, absent), fc.boolean())
  .map(([version, name, payload, qos, retain, again, identifier, some, several, aliased]) => {
    const properties = several === undefined ? some : { ...some, subscriptionIdentifier: several };
    const topic = version === 5 && aliased && some.topicAlias !== undefined ? "" : name;
    const duplicate = again && qos > 0;
    return {
      version,
      encode: (writer) => encodePublish(writer, version, { topic, payload, qos, retain, duplicate, identifier, properties }),
      peer: {
        cmd: "publish", topic, payload: Buffer.from(payload), qos, retain, dup: duplicate, ...(qos > 0 ? { messageId: identifier } : {}),
        ...peerProperties(five(version, properties)),
      },
    };
  });

const acknowledgement = (type: 4 | 5 | 6 | 7): fc.Arbitrary<Sample> =>
  fc.tuple(version, identifier, codes(type), fc.option(properties("reasonString", "userProperty"), absent)).map(([version, messageId, reasonCode, properties]) => ({
    version,
    encode: (writer) => encodeAcknowledgement(writer, type, version, messageId, reasonCode, properties),
    peer: {
      cmd: ["puback", "pubrec", "pubrel", "pubcomp"][type - 4] ?? "", messageId,
      ...(version === 5 ? { reasonCode, ...peerProperties(properties) } : {}),
    },
  }));

const subscribe: fc.Arbitrary<Sample> = fc
  .tuple(version, identifier, properties("subscriptionIdentifier", "userProperty"), fc.array(fc.tuple(filter, qos, fc.boolean(), fc.boolean(), qos), { minLength: 1, maxLength: 4 }))
  .map(([version, messageId, properties, list]) => {
    const subscriptions = list.map(([{ shared, text }, qos, local, retainAsPublished, retainHandling]) => ({ filter: text, qos, noLocal: local && !shared, retainAsPublished, retainHandling }));
    return {
      version,
      encode: (writer) => encodeSubscribe(writer, version, messageId, subscriptions, properties),
      peer: {
        cmd: "subscribe", messageId, ...peerProperties(five(version, properties)),
        subscriptions: subscriptions.map(({ filter, qos, noLocal, retainAsPublished, retainHandling }) =>
          version === 4 ? { topic: filter, qos } : { topic: filter, qos, nl: noLocal, rap: retainAsPublished, rh: retainHandling }),
      },
    };
  });

const unsubscribe: fc.Arbitrary<Sample> = fc
  .tuple(version, identifier, properties("userProperty"), fc.array(filter.map(({ text }) => text), { minLength: 1, maxLength: 4 }))
  .map(([version, messageId, properties, unsubscriptions]) => ({
    version,
    encode: (writer) => encodeUnsubscribe(writer, version, messageId, unsubscriptions, properties),
    peer: { cmd: "unsubscribe", messageId, unsubscriptions, ...peerProperties(five(version, properties)) },
  }));

const suback = (type: 9 | 11): fc.Arbitrary<Sample> =>
  fc
    .tuple(version, identifier, properties("reasonString", "userProperty"), fc.array(codes(type), { minLength: 1, maxLength: 8 }))
    .map(([version, messageId, properties, all]) => {
      const granted = version === 5 ? all : all.map((code) => (code < 3 ? code : 0x80));
      return {
        version,
        encode: (writer) => encodeSuback(writer, type, version, messageId, Uint8Array.from(granted), properties),
        peer: {
          cmd: type === 9 ? "suback" : "unsuback", messageId, ...(type === 9 || version === 5 ? { granted } : {}), ...peerProperties(five(version, properties)),
        },
      };
    });

const ping = (type: 12 | 13): fc.Arbitrary<Sample> =>
  version.map((version) => ({ version, encode: (writer) => encodePing(writer, type), peer: { cmd: type === 12 ? "pingreq" : "pingresp" } }));

const disconnect: fc.Arbitrary<Sample> = fc
  .tuple(version, codes(14), fc.option(properties("sessionExpiryInterval", "reasonString", "userProperty", "serverReference"), absent))
  .map(([version, reasonCode, properties]) => ({
    version,
    encode: (writer) => encodeDisconnect(writer, 14, version, reasonCode, properties),
    peer: { cmd: "disconnect", ...(version === 5 ? { reasonCode, ...peerProperties(properties) } : {}) },
  }));

const auth: fc.Arbitrary<Sample> = fc
  .tuple(codes(15), fc.option(properties("authenticationMethod", "authenticationData", "reasonString", "userProperty"), absent))
  .map(([reasonCode, properties]) => ({
    version: 5,
    encode: (writer) => encodeDisconnect(writer, 15, 5, reasonCode, properties),
    peer: { cmd: "auth", reasonCode, ...peerProperties(properties) },
  }));

/** Packets of all fifteen types. */
export const samples: readonly (readonly [name: string, arbitrary: fc.Arbitrary<Sample>])[] = [
  ["CONNECT", connect], ["CONNACK", connack], ["PUBLISH", publish], ["PUBACK", acknowledgement(4)], ["PUBREC", acknowledgement(5)],
  ["PUBREL", acknowledgement(6)], ["PUBCOMP", acknowledgement(7)], ["SUBSCRIBE", subscribe], ["SUBACK", suback(9)], ["UNSUBSCRIBE", unsubscribe],
  ["UNSUBACK", suback(11)], ["PINGREQ", ping(12)], ["PINGRESP", ping(13)], ["DISCONNECT", disconnect], ["AUTH", auth],
];
