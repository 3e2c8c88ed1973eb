/** Every kind of packet that a server of MQTT 3.1.1 must not send. The client's error says why it left; the server is not told. */
import { badText, byte, type Groups, type Malformed } from "./malformed-packets.js";

type Row = readonly [what: string, packet: string, code: string, ...after: readonly string[]];

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const rows: readonly Row[] = [
  ["packet type 0", "00 00", "81"],
  ["CONNECT", "10 00", "82"],
  ["SUBSCRIBE", "82 06 00 09 00 01 'a' 00", "82"],
  ["PINGREQ", "C0 00", "82"],
  ["DISCONNECT", "E0 00", "82"],
  ["DISCONNECT of MQTT 5.0", "E0 02 8B 00", "82"],
  ["AUTH", "F0 00", "82"],
  ["a Remaining Length of five bytes", "30 80 80 80 80 01", "81"],
  ["a PINGRESP with a body", "D0 01 00", "81"],
  ["a SUBACK of 256 MB", "90 FF FF FF 7F", "95"],
  ["QoS 3", "36 05 00 01 'a' 00 09", "81"],
  ["DUP at QoS 0", "38 03 00 01 'a'", "81"],
  ["an empty topic", "30 02 00 00", "82"],
  ["a topic with #", "30 03 00 01 '#'", "82"],
  ["a topic longer than its packet", "30 04 00 05 'ab'", "81"],
  ["identifier 0", "32 05 00 01 'a' 00 00", "82"],
  ["no identifier", "32 03 00 01 'a'", "81"],
  ["a PUBACK with a Reason Code", "40 03 00 01 00", "81"],
  ["a PUBACK of one byte", "40 01 00", "81"],
  ["a PUBACK for what was never sent", "40 02 00 09", "82"],
  ["a PUBACK twice", "40 02 00 01", "82", "40 02 00 01"],
  ["a PUBREC for a QoS 1 publication", "50 02 00 01", "82"],
  ["a PUBCOMP before PUBREC", "70 02 00 02", "82"],
  ["a PUBREL with a Reason Code", "62 03 00 07 00", "81"],
  ["a SUBACK for what was never sent", "90 03 00 09 00", "82"],
  ["a SUBACK without a return code", "90 02 00 03", "81"],
  ["a SUBACK with a return code too many", "90 04 00 03 00 00", "82"],
  ["an UNSUBACK with a return code", "B0 03 00 04 00", "81"],
  ["an UNSUBACK for a SUBSCRIBE", "B0 02 00 03", "82"],
  ["a second CONNACK", "20 02 00 00", "82"],
  ...badText.map(([what, text]): Row => [`a topic with ${what}`, `30 ${byte(2 + text.split(" ").length)} 00 ${byte(text.split(" ").length)} ${text}`, "81"]),
];

const flags = [
  ...[["PUBACK", 0x40, "02 00 01"], ["PUBREC", 0x50, "02 00 02"], ["PUBREL", 0x60, "02 00 07"], ["PUBCOMP", 0x70, "02 00 02"], ["SUBACK", 0x90, "03 00 03 00"],
    ["UNSUBACK", 0xb0, "02 00 04"], ["PINGRESP", 0xd0, "00"]].flatMap(([name = "", first, rest = ""]) =>
    range(16).filter((flags) => flags !== (first === 0x60 ? 2 : 0)).map((flags): Row => [`${name} with flags ${flags}`, `${byte(Number(first) + flags)} ${rest}`, "81"])),
];

const codes = range(256).filter((code) => ![0, 1, 2, 0x80].includes(code)).map((code): Row => [`SUBACK with return code 0x${byte(code)}`, `90 03 00 03 ${byte(code)}`, "82"]);

const malformed = ([what, packet, code, ...after]: Row): Malformed => ({ what, packet, code, after });

/** On a connection that stands, in MQTT 3.1.1. */
export const malformed311: Groups = { "packets": rows.map(malformed), "flags": flags.map(malformed), "return codes": codes.map(malformed) };
