import fc from "fast-check";
import type { PropertyId } from "../../../src/protocol/codec/property.js";

/** Any string that MQTT can carry: all code points but NUL and surrogates. */
export const string = fc.string({ unit: "binary", maxLength: 20 }).map((text) => text.replaceAll("\0", "0"));

/** A Topic Name. */
export const topic = fc.string({ unit: "binary", minLength: 1, maxLength: 20 }).map((text) => text.replace(/[\0+#]/g, "/"));

const level = fc.oneof({ weight: 3, arbitrary: topic.map((name) => name.replaceAll("/", "_")) }, fc.constantFrom("", "+"));

/** A Topic Filter, shared or not. */
export const filter = fc
  .tuple(fc.constantFrom("", "", "$share/group/"), fc.array(level, { minLength: 1, maxLength: 4 }), fc.constantFrom("", "/#"))
  .map(([share, levels, end]) => ({ shared: share !== "", text: share + (levels.join("/") || "a") + end }));

export const identifier = fc.integer({ min: 1, max: 0xffff });
export const version = fc.constantFrom<4 | 5>(4, 5);
export const qos = fc.constantFrom<0 | 1 | 2>(0, 1, 2);
export const binary = fc.uint8Array({ maxLength: 40 });

/** Mostly short, sometimes long enough for a Remaining Length of three bytes. */
export const payload = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 16_000, max: 17_000 }).map((count) => new Uint8Array(count).fill(0x5a)) },
);

const bit = fc.constantFrom<0 | 1>(0, 1);
const twoBytes = fc.integer({ min: 0, max: 0xffff });
const positiveTwoBytes = fc.integer({ min: 1, max: 0xffff });
const fourBytes = fc.integer({ min: 0, max: 0xffffffff });
const variable = fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 268_435_455 }));

/** Names repeat. Of a name that does, no value is empty: mqtt-packet drops those that come before another one. */
const userProperty = fc
  .array(fc.tuple(fc.oneof(string, fc.constantFrom("a", "b")), string), { minLength: 1, maxLength: 5 })
  .map((pairs) => pairs.map(([name, value]): readonly [string, string] => [name, value === "" && pairs.filter(([other]) => other === name).length > 1 ? "-" : value]));

const VALUES = {
  payloadFormatIndicator: bit, messageExpiryInterval: fourBytes, contentType: string, responseTopic: topic, correlationData: binary,
  subscriptionIdentifier: variable, sessionExpiryInterval: fourBytes, assignedClientIdentifier: string, serverKeepAlive: twoBytes,
  authenticationMethod: string, authenticationData: binary, requestProblemInformation: bit, willDelayInterval: fourBytes,
  requestResponseInformation: bit, responseInformation: string, serverReference: string, reasonString: string, receiveMaximum: positiveTwoBytes,
  topicAliasMaximum: twoBytes, topicAlias: positiveTwoBytes, maximumQoS: bit, retainAvailable: bit, userProperty,
  maximumPacketSize: fc.integer({ min: 1, max: 0xffffffff }), wildcardSubscriptionAvailable: bit, subscriptionIdentifierAvailable: bit,
  sharedSubscriptionAvailable: bit,
} satisfies Record<keyof typeof PropertyId, fc.Arbitrary<unknown>>;

type Value<Each> = Each extends fc.Arbitrary<infer Type> ? Type : never;
type Some<Name extends keyof typeof VALUES> = { [Each in Name]?: Value<(typeof VALUES)[Each]> };

/** Some of these properties. */
export function properties<Name extends keyof typeof VALUES>(...names: readonly Name[]): fc.Arbitrary<Some<Name>> {
  const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(names.map((name) => [name, VALUES[name]]));
  return fc.record(model, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<Some<Name>>;
}

/** Several Subscription Identifiers, as a PUBLISH may carry. */
export const subscriptionIdentifiers = fc.array(variable, { minLength: 2, maxLength: 4 });
