/** What a server must not send before its CONNACK, or in it, and the Reason Code that says what is wrong. The CONNECT asks for Clean Start with the Client Identifier "c". */
import { badText, byte, type Groups } from "./malformed-packets.js";

type Row = readonly [what: string, packet: string, code: string];

/** A CONNACK with these properties. */
const withProperties = (properties: string): string => {
  const length = properties.match(/'[^']*'|\S+/g)?.reduce((sum, token) => sum + (token.startsWith("'") ? token.length - 2 : 1), 0) ?? 0;
  return `20 ${byte(3 + length)} 00 00 ${byte(length)} ${properties}`;
};

/** Properties that a CONNACK may have, with a right value. */
const PROPERTIES = [
  "11 00 00 00 01", "12 00 01 'x'", "13 00 01", "15 00 01 'm'", "16 00 01 'd'", "1A 00 01 'r'", "1C 00 01 's'", "1F 00 01 't'", "21 00 01", "22 00 01", "24 01", "25 01",
  "27 00 00 00 64", "28 01", "29 01", "2A 01",
];

const ALLOWED = [...PROPERTIES.map((property) => property.slice(0, 2)), "26"];

/** The Reason Codes of a CONNACK (3.2.2.2), 0x00 aside. */
const CODES = "80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F".split(" ");

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const other: readonly Row[] = [
  ["HTTP", "'HTTP/1.1 400 Bad Request' 0D 0A 'Content-Type: text/plain; charset=utf-8' 0D 0A 'Connection: close' 0D 0A 0D 0A", "81"],
  ["a greeting of SMTP", "'220 mail.example.com ESMTP is ready and waits for you' 0D 0A", "81"],
  ["an alert of TLS", "15 03 03 00 02 02 28", "81"],
  ["zeros", "00 00 00 00", "81"],
  ["a PUBLISH", "30 04 00 01 'a' 00", "82"],
  ["a PUBACK", "40 02 00 01", "82"],
  ["a PUBREL", "62 02 00 01", "82"],
  ["a SUBACK", "90 04 00 01 00 00", "82"],
  ["a PINGRESP", "D0 00", "82"],
  ["a DISCONNECT", "E0 00", "82"],
  ["an AUTH", "F0 06 18 04 15 00 01 'm'", "82"],
  ["a CONNECT", "10 0D 00 04 'MQTT' 05 02 00 00 00 00 00", "82"],
];

const connack: readonly Row[] = [
  ["an empty CONNACK", "20 00", "81"],
  ["a CONNACK of one byte", "20 01 00", "81"],
  ["a CONNACK without properties", "20 02 00 00", "81"],
  ["a CONNACK longer than its properties", "20 04 00 00 00 00", "81"],
  ["a CONNACK whose properties are not there", "20 03 00 00 01", "81"],
  ["a CONNACK longer than the receive buffer", "20 FF 7F", "95"],
  ["Session Present after Clean Start", "20 03 01 00 00", "82"],
  ["Session Present in a refusal", "20 03 01 87 00", "82"],
  ["Receive Maximum 0", withProperties("21 00 00"), "82"],
  ["Maximum Packet Size 0", withProperties("27 00 00 00 00"), "82"],
  ["Maximum QoS 2", withProperties("24 02"), "82"],
  ["Retain Available 2", withProperties("25 02"), "82"],
  ["Wildcard Subscription Available 255", withProperties("28 FF"), "82"],
  ["an Authentication Method that nobody asked for", withProperties("15 00 01 'm'"), "82"],
  ["Response Information that nobody asked for", withProperties("1A 00 01 'r'"), "82"],
  ["half a Server Keep Alive", "20 05 00 00 02 13 00", "81"],
  ["an Assigned Client Identifier longer than its packet", "20 08 00 00 05 12 FF FF 'ab'", "81"],
  ...range(7).map((i): Row => [`Connect Acknowledge Flags with bit ${i + 1}`, `20 03 ${byte(2 << i)} 00 00`, "81"]),
];

const codes = range(256).filter((code) => code > 0 && !CODES.includes(byte(code))).map((code): Row => [`Reason Code 0x${byte(code)}`, `20 03 00 ${byte(code)} 00`, "82"]);

const properties: readonly Row[] = [
  ...range(0x81).filter((id) => !ALLOWED.includes(byte(id))).map((id): Row => [`property 0x${byte(id)}`, withProperties(`${byte(id)} 00 01 00 01 01`), "81"]),
  ...PROPERTIES.map((property): Row => [`property 0x${property.slice(0, 2)} twice`, withProperties(`${property} ${property}`), "82"]),
  ...badText.map(([what, text]): Row => [`a Reason String with ${what}`, withProperties(`1F 00 ${byte(text.split(" ").length)} ${text}`), "81"]),
];

const groups = (all: Readonly<Record<string, readonly Row[]>>): Groups =>
  Object.fromEntries(Object.entries(all).map(([group, rows]) => [group, rows.map(([what, packet, code]) => ({ what, packet, code }))]));

/** In the place of a CONNACK, in MQTT 5.0. */
export const malformedConnack = groups({ "other packets and other protocols": other, "CONNACK": connack, "Reason Codes of a CONNACK": codes, "properties of a CONNACK": properties });
