/** Strings that must not be in a packet, and the places where one could be (MQTT 5.0, 1.5.4). */
import type { Client, ConnectOptions } from "../../src/client/options.js";
import { field, packet, properties } from "./packets.js";

/** Bytes that are no UTF-8, or UTF-8 of a surrogate. */
export const ILL_FORMED: Readonly<Record<string, string>> = {
  "a high surrogate": "ED A0 80",
  "a low surrogate": "ED BF BF",
  "two surrogates in place of one character": "ED A0 BD ED B8 80",
  "a byte of continuation alone": "80",
  "a first byte without the second": "C3",
  "a first byte before a letter": "C3 28",
  "three bytes less one": "E2 82",
  "four bytes less one": "F0 9F 98",
  "two bytes for a letter": "C1 81",
  "three bytes for what takes two": "E0 9F BF",
  "four bytes for what takes three": "F0 8F BF BF",
  "a character beyond the last": "F4 90 80 80",
  "a byte that UTF-8 has not": "FF",
};

/** NUL, and as some programs hide it. */
export const NUL: Readonly<Record<string, string>> = { "NUL": "00", "NUL between letters": "'a' 00 'b'", "NUL in two bytes": "C0 80" };

/** JavaScript strings that have no UTF-8. */
export const LONE_SURROGATES: readonly string[] = ["\ud800", "\udfff", "a\udbff", "\udc00b", "\ude00\ud83d"];

/** Characters at the ends of what UTF-8 writes in one, two, three and four bytes, beside the surrogates and U+FEFF. */
export const CHARACTERS: readonly (readonly [text: string, utf8: string])[] = [
  ["\u0001", "01"], ["\u007f", "7F"], ["\u0080", "C2 80"], ["\u07ff", "DF BF"], ["\u0800", "E0 A0 80"], ["\ud7ff", "ED 9F BF"], ["\ue000", "EE 80 80"],
  ["\uffff", "EF BF BF"], ["\u{10000}", "F0 90 80 80"], ["\u{1f600}", "F0 9F 98 80"], ["\u{10ffff}", "F4 8F BF BF"],
];

/** A will with one thing different. */
const will = (changed: Partial<NonNullable<ConnectOptions["will"]>>): ConnectOptions => ({ will: { topic: "w", ...changed } });

/** Options of a client that are strings, without those in pairs. */
export const STRING_OPTIONS: Readonly<Record<string, (text: string) => ConnectOptions>> = {
  "id": (id) => ({ id }),
  "user": (user) => ({ user }),
  "will.topic": (topic) => will({ topic }),
  "will.properties.contentType": (contentType) => will({ properties: { contentType } }),
  "will.properties.responseTopic": (responseTopic) => will({ properties: { responseTopic } }),
  "properties.authenticationMethod": (authenticationMethod) => ({ properties: { authenticationMethod } }),
};

/** Arguments of a client's methods that are strings, without those in pairs. */
export const STRING_ARGUMENTS: Readonly<Record<string, (client: Client, text: string) => unknown>> = {
  "the topic of publish": (client, text) => client.publish(text, ""),
  "the Content Type of publish": (client, contentType) => client.publish("a", "", { properties: { contentType } }),
  "the Response Topic of publish": (client, responseTopic) => client.publish("a", "", { properties: { responseTopic } }),
  "the name of a prepared topic": (client, text) => client.topic(text),
  "the filter of subscribe": (client, text) => client.subscribe(text, () => undefined),
  "the Reason String of close": (client, reasonString) => client.close({ reasonCode: 4, properties: { reasonString } }),
};

/** A User Property. */
export type Pair = readonly [name: string, value: string];

export const PAIR_OPTIONS: Readonly<Record<string, (pair: Pair) => ConnectOptions>> = {
  "CONNECT": (pair) => ({ properties: { userProperty: [pair] } }),
  "the will": (pair) => will({ properties: { userProperty: [pair] } }),
};

export const PAIR_ARGUMENTS: Readonly<Record<string, (client: Client, pair: Pair) => unknown>> = {
  "publish": (client, pair) => client.publish("a", "", { properties: { userProperty: [pair] } }),
  "a prepared topic": (client, pair) => client.topic("a", { properties: { userProperty: [pair] } }),
  "subscribe": (client, pair) => client.subscribe("a", { properties: { userProperty: [pair] } }, () => undefined),
  "close": (client, pair) => client.close({ reasonCode: 4, properties: { userProperty: [pair] } }),
};

/** Packets that a server sends, with a place for properties. */
export const WITH_PROPERTIES: Readonly<Record<string, (...list: readonly string[]) => string>> = {
  CONNACK: (...list) => packet("20", "00 00", properties(...list)),
  PUBLISH: (...list) => packet("30", field("'a'"), properties(...list)),
  PUBACK: (...list) => packet("40", "00 01 00", properties(...list)),
  PUBREC: (...list) => packet("50", "00 01 00", properties(...list)),
  PUBREL: (...list) => packet("62", "00 01 00", properties(...list)),
  PUBCOMP: (...list) => packet("70", "00 01 00", properties(...list)),
  SUBACK: (...list) => packet("90", "00 01", properties(...list), "00"),
  UNSUBACK: (...list) => packet("B0", "00 01", properties(...list), "00"),
  DISCONNECT: (...list) => packet("E0", "00", properties(...list)),
  AUTH: (...list) => packet("F0", "18", properties(...list)),
};

/** String properties beside User Properties: where they may stand, and their identifier. */
export const STRING_PROPERTIES: readonly (readonly [name: string, identifier: string, packets: string])[] = [
  ["Content Type", "03", "PUBLISH"],
  ["Response Topic", "08", "PUBLISH"],
  ["Assigned Client Identifier", "12", "CONNACK"],
  ["Authentication Method", "15", "CONNACK AUTH"],
  ["Response Information", "1A", "CONNACK"],
  ["Server Reference", "1C", "CONNACK DISCONNECT"],
  ["Reason String", "1F", "CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH"],
];
