/** Every kind of packet that a server must not send, and the Reason Code that says what is wrong with it. */
import type { ScriptOptions } from "../protocol/support/scripted-broker.js";

/** What the client has done before: published "a" at QoS 1 (identifier 1) and "b" at QoS 2 (2), subscribed to "c" (3), unsubscribed from "d" (4). */
export interface Malformed {
  readonly what: string;
  /** Right packets that the server sends first. */
  readonly after?: readonly string[];
  /** The wrong one, as for `bytes`. */
  readonly packet: string;
  /** The Reason Code of the DISCONNECT, two hexadecimal digits. */
  readonly code: string;
  /** Options of the client beside those that all rows share. */
  readonly options?: ScriptOptions;
}

type Row = readonly [what: string, packet: string, code: string, options?: ScriptOptions | undefined, ...after: readonly string[]];

const row = ([what, packet, code, options, ...after]: Row): Malformed => ({ what, packet, code, after, ...(options && { options }) });

/** Two hexadecimal digits. */
export const byte = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0");

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const ALIASES: ScriptOptions = { properties: { topicAliasMaximum: 2 } };
const SHORT: ScriptOptions = { properties: { maximumPacketSize: 20 } };
const FEW: ScriptOptions = { receiveMaximum: 2, properties: { receiveMaximum: 2 } };

const fixedHeader: readonly Row[] = [
  ["packet type 0", "00 00", "81"],
  ["packet type 0 with flags", "0F 00", "81"],
  ["CONNECT", "10 00", "82"],
  ["SUBSCRIBE", "82 07 00 09 00 00 01 'a' 00", "82"],
  ["UNSUBSCRIBE", "A2 06 00 09 00 00 01 'a'", "82"],
  ["PINGREQ", "C0 00", "82"],
  ["SUBSCRIBE with wrong flags", "80 00", "81"],
  ["a Remaining Length of five bytes", "30 80 80 80 80 01", "81"],
  ["a Remaining Length that never ends", "D0 FF FF FF FF FF FF FF FF", "81"],
  ["a Remaining Length of 0 in two bytes", "D0 80 00", "81"],
  ["a Remaining Length of 0 in four bytes", "D0 80 80 80 00", "81"],
  ["a Remaining Length of 4 in two bytes", "30 84 00 00 01 'a' 00", "81"],
  ["a PINGRESP with a body", "D0 01 00", "81"],
  ["an acknowledgement longer than the receive buffer", "40 80 01", "95"],
  ["a CONNACK of 256 MB", "20 FF FF FF 7F", "95"],
  ["a PINGRESP of 2 MB", "D0 FF FF 7F", "95"],
  ["a topic longer than the receive buffer", `30 80 08 00 C8 '${"t".repeat(123)}'`, "95"],
  ["a topic that fills the receive buffer to its last byte", `30 80 08 00 7A '${"t".repeat(122)}' 00`, "95"],
  ["properties longer than the receive buffer", `30 80 08 00 01 'a' C8 01 09 00 C5 '${"c".repeat(117)}'`, "95"],
  ["a PUBLISH longer than Maximum Packet Size", "30 13 00 01 'a' 00 'fifteen letters'", "95", SHORT],
  ["a PUBLISH far longer than Maximum Packet Size", "30 FF FF FF 7F", "95", SHORT],
];

const publish: readonly Row[] = [
  ["QoS 3", "36 06 00 01 'a' 00 09 00", "81"],
  ["QoS 3 with DUP and RETAIN", "3F 06 00 01 'a' 00 09 00", "81"],
  ["DUP at QoS 0", "38 04 00 01 'a' 00", "81"],
  ["DUP and RETAIN at QoS 0", "39 04 00 01 'a' 00", "81"],
  ["a PUBLISH of nothing", "30 00", "81"],
  ["a PUBLISH with half a length of its topic", "30 01 00", "81"],
  ["a PUBLISH without its topic", "30 02 00 01", "81"],
  ["a topic longer than its packet", "30 04 00 05 'ab'", "81"],
  ["a topic of 65,535 bytes in a packet of four", "30 04 FF FF 'ab'", "81"],
  ["no Property Length", "30 03 00 01 'a'", "81"],
  ["half an identifier", "32 04 00 01 'a' 00", "81"],
  ["no identifier", "34 03 00 01 'a'", "81"],
  ["identifier 0 at QoS 1", "32 06 00 01 'a' 00 00 00", "82"],
  ["identifier 0 at QoS 2", "34 06 00 01 'a' 00 00 00", "82"],
  ["no Property Length behind the identifier", "32 05 00 01 'a' 00 09", "81"],
  ["an empty topic without an alias", "30 03 00 00 00", "82"],
  ["an empty topic with other properties than an alias", "30 05 00 00 02 01 01", "82"],
  ["a topic with +", "30 06 00 03 'a/+' 00", "82"],
  ["a topic with #", "30 04 00 01 '#' 00", "82"],
  ["a topic with + in the middle of a level", "32 08 00 03 'a+b' 00 09 00", "82"],
];

/** What is not UTF-8 as MQTT has it (1.5.4). */
export const badText: readonly (readonly [what: string, bytes: string])[] = [
  ["NUL", "00"],
  ["a lone continuation byte", "80"],
  ["a first byte without a second", "C3"],
  ["three bytes cut to two", "E2 82"],
  ["four bytes cut to three", "F0 9F 98"],
  ["a first byte and ASCII", "C3 28"],
  ["NUL in two bytes", "C0 80"],
  ["a slash in two bytes", "C0 AF"],
  ["ASCII in two bytes", "C1 BF"],
  ["a slash in three bytes", "E0 80 AF"],
  ["three bytes where two are enough", "E0 9F BF"],
  ["four bytes where three are enough", "F0 8F BF BF"],
  ["the first surrogate", "ED A0 80"],
  ["the last surrogate", "ED BF BF"],
  ["a surrogate pair in CESU-8", "ED A0 BD ED B8 80"],
  ["U+110000", "F4 90 80 80"],
  ["five bytes", "F8 88 80 80 80"],
  ["six bytes", "FC 84 80 80 80 80"],
  ["0xFE", "FE"],
  ["0xFF", "FF"],
];

const count = (bytes: string): number => bytes.split(" ").length;

/** A string with its length. */
const text = (bytes: string): string => `00 ${byte(count(bytes))} ${bytes}`;

/** A packet of this first byte, with what follows the fixed header. */
const packet = (first: string, body: string): string => `${first} ${byte(body.match(/'[^']*'|\S+/g)?.reduce((sum, token) => sum + (token.startsWith("'") ? token.length - 2 : 1), 0) ?? 0)} ${body}`;

const utf8: readonly Row[] = badText.flatMap(([what, bytes]): Row[] => [
  [`a topic with ${what}`, packet("30", `${text(bytes)} 00`), "81"],
  [`a Content Type with ${what}`, packet("30", `00 01 'a' ${byte(3 + count(bytes))} 03 ${text(bytes)}`), "81"],
  [`a User Property named ${what}`, packet("30", `00 01 'a' ${byte(6 + count(bytes))} 26 ${text(bytes)} 00 01 'v'`), "81"],
  [`a User Property with the value ${what}`, packet("40", `00 01 00 ${byte(6 + count(bytes))} 26 00 01 'n' ${text(bytes)}`), "81"],
  [`a Reason String with ${what}`, packet("E0", `80 ${byte(3 + count(bytes))} 1F ${text(bytes)}`), "81"],
]);

const properties: readonly Row[] = [
  ["a Property Length beyond the packet", "30 05 00 01 'a' 02 01", "81"],
  ["a Property Length of which half is missing", "30 04 00 01 'a' 80", "81"],
  ["a Property Length of five bytes", "30 09 00 01 'a' 80 80 80 80 01 00", "81"],
  ["a Property Length of 0 in two bytes", "30 05 00 01 'a' 80 00", "81"],
  ["a Property Length of 256 MB", "30 08 00 01 'a' FF FF FF 7F 00", "81"],
  ["a property cut by Property Length", "30 07 00 01 'a' 02 02 00 00", "81"],
  ["an identifier without a value", "30 05 00 01 'a' 01 01", "81"],
  ["Payload Format Indicator 2", "30 06 00 01 'a' 02 01 02", "82"],
  ["Payload Format Indicator twice", "30 08 00 01 'a' 04 01 00 01 00", "82"],
  ["Message Expiry Interval twice", "30 0E 00 01 'a' 0A 02 00 00 00 01 02 00 00 00 01", "82"],
  ["Content Type twice", "30 0A 00 01 'a' 06 03 00 00 03 00 00", "82"],
  ["a Content Type beyond its block", "30 08 00 01 'a' 04 03 00 05 'x'", "81"],
  ["a Response Topic with +", "30 08 00 01 'a' 04 08 00 01 '+'", "82"],
  ["an empty Response Topic", "30 07 00 01 'a' 03 08 00 00", "82"],
  ["Response Topic twice", "30 0C 00 01 'a' 08 08 00 01 'r' 08 00 01 'r'", "82"],
  ["Correlation Data beyond its block", "30 08 00 01 'a' 04 09 FF FF 00", "81"],
  ["Correlation Data twice", "30 0A 00 01 'a' 06 09 00 00 09 00 00", "82"],
  ["Subscription Identifier 0", "30 06 00 01 'a' 02 0B 00", "82"],
  ["a Subscription Identifier of five bytes", "30 0A 00 01 'a' 06 0B 80 80 80 80 01", "81"],
  ["a Subscription Identifier that goes on beyond its block", "30 07 00 01 'a' 02 0B 80 01", "81"],
  ["a Subscription Identifier that is not the shortest", "30 07 00 01 'a' 03 0B 81 00", "81"],
  ["a User Property without a value", "30 08 00 01 'a' 04 26 00 01 'n'", "81"],
  ["a User Property whose value is too long", "30 0B 00 01 'a' 07 26 00 01 'n' 00 02 'v'", "81"],
  ["a Topic Alias of 0", "30 07 00 01 'a' 03 23 00 00", "94", ALIASES],
  ["a Topic Alias beyond Topic Alias Maximum", "30 07 00 01 'a' 03 23 00 03", "94", ALIASES],
  ["the greatest Topic Alias", "30 07 00 01 'a' 03 23 FF FF", "94", ALIASES],
  ["a Topic Alias where none was allowed", "30 07 00 01 'a' 03 23 00 01", "94"],
  ["a Topic Alias that stands for nothing", "30 06 00 00 03 23 00 02", "82", ALIASES, "30 07 00 01 'a' 03 23 00 01"],
  ["Topic Alias twice", "30 0A 00 01 'a' 06 23 00 01 23 00 02", "82", ALIASES],
];

const acknowledgements: readonly Row[] = [
  ...[["PUBACK", "40"], ["PUBREC", "50"], ["PUBREL", "62"], ["PUBCOMP", "70"]].flatMap(([name = "", first = ""]): Row[] => [
    [`${name} of nothing`, `${first} 00`, "81"],
    [`${name} with half an identifier`, `${first} 01 00`, "81"],
    [`${name} with identifier 0`, `${first} 02 00 00`, "82"],
    [`${name} with bytes behind its properties`, `${first} 05 00 01 00 00 00`, "81"],
    [`${name} whose properties are not there`, `${first} 04 00 01 00 01`, "81"],
    [`${name} with Reason String twice`, `${first} 0A 00 01 00 06 1F 00 00 1F 00 00`, "82"],
  ]),
  ["PUBACK for what was never sent", "40 02 00 09", "82"],
  ["PUBACK for a QoS 2 publication", "40 02 00 02", "82"],
  ["PUBACK for a SUBSCRIBE", "40 02 00 03", "82"],
  ["PUBACK twice", "40 02 00 01", "82", undefined, "40 02 00 01"],
  ["PUBREC for a QoS 1 publication", "50 02 00 01", "82"],
  ["PUBREC for a SUBSCRIBE", "50 02 00 03", "82"],
  ["PUBREC that refuses after one that did not", "50 03 00 02 80", "82", undefined, "50 02 00 02"],
  ["PUBCOMP for what was never sent", "70 02 00 09", "82"],
  ["PUBCOMP before PUBREC", "70 02 00 02", "82"],
  ["PUBCOMP twice", "70 02 00 02", "82", undefined, "50 02 00 02", "70 02 00 02"],
  ["SUBACK for what was never sent", "90 04 00 09 00 00", "82"],
  ["SUBACK for a publication", "90 04 00 01 00 00", "82"],
  ["SUBACK for an UNSUBSCRIBE", "90 04 00 04 00 00", "82"],
  ["SUBACK twice", "90 04 00 03 00 00", "82", undefined, "90 04 00 03 00 00"],
  ["SUBACK without a Reason Code", "90 03 00 03 00", "81"],
  ["SUBACK with a Reason Code too many", "90 05 00 03 00 00 00", "82"],
  ["SUBACK without properties", "90 02 00 03", "81"],
  ["SUBACK of nothing", "90 00", "81"],
  ["SUBACK with identifier 0", "90 04 00 00 00 00", "82"],
  ["UNSUBACK for a SUBSCRIBE", "B0 04 00 03 00 00", "82"],
  ["UNSUBACK without a Reason Code", "B0 03 00 04 00", "81"],
  ["UNSUBACK with a Reason Code too many", "B0 05 00 04 00 00 00", "82"],
];

const flow: readonly Row[] = [
  ["a QoS 2 message beyond Receive Maximum", "34 06 00 01 'a' 00 0B 00", "93", FEW, "34 06 00 01 'a' 00 09 00", "34 06 00 01 'a' 00 0A 00"],
  ["a QoS 1 message beyond Receive Maximum", "32 06 00 01 'a' 00 0B 00", "93", FEW, "34 06 00 01 'a' 00 09 00", "34 06 00 01 'a' 00 0A 00"],
  ["a QoS 1 message with the identifier of an unfinished QoS 2 one", "32 06 00 01 'a' 00 09 00", "82", undefined, "34 06 00 01 'a' 00 09 00"],
  ["a second CONNACK", "20 03 00 00 00", "82"],
  ["a DISCONNECT that a client sends", "E0 01 04", "82"],
  ["a DISCONNECT with a Session Expiry Interval", "E0 07 00 05 11 00 00 00 01", "82"],
  ["a DISCONNECT with Server Reference twice", "E0 08 9C 06 1C 00 00 1C 00 00", "82"],
  ["a DISCONNECT with bytes behind its properties", "E0 03 00 00 00", "81"],
  ["an AUTH that nobody asked for", "F0 06 18 04 15 00 01 'm'", "82"],
  ["an AUTH of nothing", "F0 00", "82"],
  ["an AUTH without properties", "F0 01 18", "81"],
];

/** Packet types by the first byte that is right, what follows up to the Property Length, and the properties that may be there (2.2.2.2). */
const PROPERTIES: readonly (readonly [name: string, first: number, head: string, tail: string, allowed: string])[] = [
  ["PUBLISH", 0x30, "00 01 'a'", "", "01 02 03 08 09 0B 23 26"],
  ["PUBACK", 0x40, "00 01 00", "", "1F 26"],
  ["PUBREC", 0x50, "00 02 00", "", "1F 26"],
  ["PUBREL", 0x62, "00 07 00", "", "1F 26"],
  ["PUBCOMP", 0x70, "00 02 00", "", "1F 26"],
  ["SUBACK", 0x90, "00 03", " 00", "1F 26"],
  ["UNSUBACK", 0xb0, "00 04", " 00", "1F 26"],
  ["DISCONNECT", 0xe0, "00", "", "11 1C 1F 26"],
  ["AUTH", 0xf0, "18", "", "15 16 1F 26"],
];

const foreignProperties: readonly Row[] = PROPERTIES.flatMap(([name, first, head, tail, allowed]) =>
  range(0x81).filter((id) => !allowed.split(" ").includes(byte(id))).map((id): Row =>
    // Behind the identifier there is enough for any value.
    [`${name} with property 0x${byte(id)}`, packet(byte(first), `${head} 06 ${byte(id)} 00 01 00 01 01${tail}`), "81"]));

const flags: readonly Row[] = [
  ...[["CONNACK", 0x20, "03 00 00 00"], ["PUBACK", 0x40, "02 00 01"], ["PUBREC", 0x50, "02 00 02"], ["PUBCOMP", 0x70, "02 00 02"], ["SUBACK", 0x90, "04 00 03 00 00"],
    ["UNSUBACK", 0xb0, "04 00 04 00 00"], ["PINGRESP", 0xd0, "00"], ["DISCONNECT", 0xe0, "00"], ["AUTH", 0xf0, "00"]] as const,
  ["PUBREL", 0x60, "02 00 07"] as const,
].flatMap(([name, first, rest]) =>
  range(16).filter((each) => each !== (first === 0x60 ? 2 : 0)).map((each): Row => [`${name} with flags ${each}`, `${byte(first + each)} ${rest}`, "81"]));

/** The Reason Codes that a server may send in each packet (2.4), 0x00 aside. */
const CODES: readonly (readonly [name: string, before: string, after: string, codes: string])[] = [
  ["PUBACK", "40 03 00 01", "", "10 80 83 87 90 91 97 99"],
  ["PUBREC", "50 03 00 02", "", "10 80 83 87 90 91 97 99"],
  ["PUBREL", "62 03 00 07", "", "92"],
  ["PUBCOMP", "70 03 00 02", "", "92"],
  ["SUBACK", "90 04 00 03 00", "", "01 02 80 83 87 8F 91 97 9E A1 A2"],
  ["UNSUBACK", "B0 04 00 04 00", "", "11 80 83 87 8F 91"],
  ["DISCONNECT", "E0 01", "", "80 81 82 83 87 89 8B 8C 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2"],
  ["AUTH", "F0 06", "04 15 00 01 'm'", "18 19"],
];

const codes: readonly Row[] = CODES.flatMap(([name, before, after, allowed]) =>
  range(256).filter((code) => code > 0 && !allowed.split(" ").includes(byte(code))).map((code): Row =>
    [`${name} with Reason Code 0x${byte(code)}`, `${before} ${byte(code)} ${after}`, "82"]));

/** Rows by what they are about. */
export type Groups = Readonly<Record<string, readonly Malformed[]>>;

/** On a connection that stands, in MQTT 5.0. */
export const malformed: Groups = {
  "fixed headers": fixedHeader.map(row),
  "PUBLISH": publish.map(row),
  "text that is no UTF-8": utf8.map(row),
  "properties": properties.map(row),
  "acknowledgements": acknowledgements.map(row),
  "limits, states, DISCONNECT and AUTH": flow.map(row),
  "properties of other packets": foreignProperties.map(row),
  "flags": flags.map(row),
  "Reason Codes": codes.map(row),
};
