import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { bytes, join } from "../support/bytes.js";
import { checked, holding, PROPERTIES, readAll } from "../support/properties.js";

const [WILL, CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, DISCONNECT] = [0, 1, 2, 3, 4, 8, 14];

test("each of the 27 properties is read in each packet that may carry it", () => {
  for (const row of PROPERTIES) {
    const data = bytes(row.bytes);
    for (const packet of row.packets) {
      equal(checked(data, packet), 0, row.name);
      deepEqual(readAll(data, packet), { [row.name]: row.value });
      deepEqual(holding(data, packet).property(row.id), row.id === 0x26 ? ["n", "v"] : row.value);
    }
  }
});

test("a property in a packet that may not carry it is malformed", () => {
  for (const row of PROPERTIES)
    for (let packet = 0; packet < 16; packet++) if (!row.packets.includes(packet)) equal(checked(bytes(row.bytes), packet), 0x81, `${row.name} in ${packet}`);
});

test("an unknown property is malformed", () => {
  for (let id = 0; id < 256; id++) {
    if (PROPERTIES.some((row) => row.id === id)) continue;
    for (const packet of [WILL, CONNECT, CONNACK, PUBLISH, PUBACK, DISCONNECT]) equal(checked(Uint8Array.of(id, 0, 0, 0, 0), packet), 0x81);
  }
  equal(checked(bytes("A6 00 00 01 'n' 00 01 'v'"), PUBACK), 0x81, "an identifier in two bytes");
});

test("a property cut short is malformed, whatever bytes follow", () => {
  for (const row of PROPERTIES) {
    const data = bytes(row.bytes);
    for (let length = 1; length < data.length; length++)
      for (const around of [0x00, 0x01, 0xff])
        for (const packet of row.packets) equal(checked(data.subarray(0, length), packet, around), 0x81, `${row.name} cut to ${length}`);
  }
});

test("a property that comes twice is a Protocol Error", () => {
  for (const row of PROPERTIES) {
    const twice = join(bytes(row.bytes), bytes(row.bytes));
    for (const packet of row.packets) {
      const allowed = row.name === "userProperty" || (row.name === "subscriptionIdentifier" && packet === PUBLISH);
      equal(checked(twice, packet), allowed ? 0 : 0x82, `${row.name} in ${packet}`);
    }
  }
});

test("identifiers that share a bit of the record of what was seen are no duplicates", () => {
  // 0x01 and 0x21, 0x02 and 0x22, 0x03 and 0x23, 0x08 and 0x28, 0x09 and 0x29 differ by 32.
  equal(checked(bytes("01 01", "21 00 01"), CONNACK), 0x81);
  equal(checked(bytes("03 00 00", "23 00 01"), PUBLISH), 0);
  equal(checked(bytes("1F 00 00", "12 00 00", "13 00 00", "11 00 00 00 00"), CONNACK), 0);
});

test("all properties of a packet in one block", () => {
  for (let packet = 0; packet < 16; packet++) {
    const rows = PROPERTIES.filter((row) => row.packets.includes(packet));
    const data = join(...rows.map((row) => bytes(row.bytes)));
    equal(checked(data, packet), 0);
    deepEqual(readAll(data, packet), Object.fromEntries(rows.map((row) => [row.name, row.value])));
    for (const row of rows) deepEqual(holding(data, packet).property(row.id), row.id === 0x26 ? ["n", "v"] : row.value);
  }
});

test("no properties", () => {
  const none = new Uint8Array(0);
  equal(checked(none, PUBLISH), 0);
  deepEqual(readAll(none, PUBLISH), {});
  equal(holding(none, PUBLISH).property(1), undefined);
});

test("user properties keep their order and repeat, names too", () => {
  const data = bytes("26 00 01 'b' 00 01 '1'", "03 00 01 'c'", "26 00 01 'a' 00 00", "26 00 01 'b' 00 01 '2'", "26 00 00 00 00");
  equal(checked(data, PUBLISH), 0);
  deepEqual(readAll(data, PUBLISH), { contentType: "c", userProperty: [["b", "1"], ["a", ""], ["b", "2"], ["", ""]] });
  deepEqual(holding(data, PUBLISH).property(0x26), ["b", "1"]);
});

test("several Subscription Identifiers of a PUBLISH are a list, one is a number", () => {
  deepEqual(readAll(bytes("0B 01"), PUBLISH), { subscriptionIdentifier: 1 });
  deepEqual(readAll(bytes("0B 7F", "0B 80 01", "0B FF FF FF 7F"), PUBLISH), { subscriptionIdentifier: [127, 128, 268_435_455] });
  equal(holding(bytes("0B 7F 0B 01"), PUBLISH).property(0x0b), 127);
});

test("zero is refused where the standard forbids it", () => {
  equal(checked(bytes("0B 00"), PUBLISH), 0x82);
  equal(checked(bytes("0B 00"), SUBSCRIBE), 0x82);
  equal(checked(bytes("21 00 00"), CONNACK), 0x82);
  equal(checked(bytes("27 00 00 00 00"), CONNACK), 0x82);
  equal(checked(bytes("23 00 00"), PUBLISH), 0x94, "Topic Alias 0 is Topic Alias invalid (MQTT-3.3.2-8)");
  for (const zero of ["02 00 00 00 00", "11 00 00 00 00", "13 00 00", "18 00 00 00 00", "22 00 00"]) {
    const row = PROPERTIES.find(({ id }) => id === bytes(zero)[0]);
    for (const packet of row?.packets ?? []) {
      equal(checked(bytes(zero), packet), 0, row?.name);
      deepEqual(Object.values(readAll(bytes(zero), packet)), [0]);
    }
  }
});

test("a property of one byte is 0 or 1", () => {
  const flags = PROPERTIES.filter((row) => bytes(row.bytes).length === 2);
  equal(flags.length, 8);
  for (const row of flags)
    for (let value = 0; value < 256; value++)
      for (const packet of row.packets) equal(checked(Uint8Array.of(row.id, value), packet), value < 2 ? 0 : 0x82, `${row.name} ${value}`);
});

test("Variable Byte Integers are at most four bytes in the shortest form (MQTT-1.5.5-1)", () => {
  for (const right of ["0B 01", "0B 7F", "0B 80 01", "0B FF FF FF 7F"]) equal(checked(bytes(right), PUBLISH), 0, right);
  for (const wrong of ["0B 81 00", "0B 80 80 00", "0B FF FF FF 00", "0B 80 80 80 80 01", "0B FF FF FF FF 7F", "0B 80 00", "0B 80 80 80 80 00"])
    equal(checked(bytes(wrong), PUBLISH), 0x81, wrong);
});

test("strings are UTF-8 without NUL and surrogates (MQTT-1.5.4-1, MQTT-1.5.4-2)", () => {
  const strings = PROPERTIES.filter((row) => typeof row.value === "string");
  equal(strings.length, 7);
  for (const row of strings)
    for (const wrong of ["00", "ED A0 80", "C0 80", "F4 90 80 80", "C3", "80"]) {
      const text = bytes(wrong);
      for (const packet of row.packets) equal(checked(join(Uint8Array.of(row.id, 0, text.length), text), packet), 0x81, `${row.name} ${wrong}`);
    }
});

test("name and value of a user property are UTF-8 (MQTT-1.5.7-1)", () => {
  for (const wrong of ["00 01 00", "00 03 ED A0 80", "00 02 C0 80", "00 04 F4 90 80 80"]) {
    equal(checked(bytes("26", wrong, "00 01 'v'"), PUBACK), 0x81, `name ${wrong}`);
    equal(checked(bytes("26 00 01 'n'", wrong), PUBACK), 0x81, `value ${wrong}`);
  }
});

test("U+FEFF at the start of a string is kept (MQTT-1.5.4-3)", () => {
  deepEqual(readAll(bytes("26 00 03 EF BB BF 00 04 EF BB BF 'v'"), PUBLISH), { userProperty: [["\ufeff", "\ufeffv"]] });
});

test("a Response Topic is a Topic Name (MQTT-3.3.2-14)", () => {
  for (const wrong of ["08 00 00", "08 00 01 '#'", "08 00 03 'r/+'", "08 00 03 'r/#'"])
    for (const packet of [PUBLISH, WILL]) equal(checked(bytes(wrong), packet), 0x82, wrong);
  equal(checked(bytes("08 00 03 ED A0 80"), PUBLISH), 0x81);
});

test("binary data is any bytes and a copy of its own", () => {
  const data = bytes("09 00 04 00 FF ED A0");
  equal(checked(data, PUBLISH), 0);
  const { correlationData } = readAll(data, PUBLISH);
  const read = holding(data, PUBLISH).property(9);
  data.fill(1);
  deepEqual(correlationData, Uint8Array.of(0, 0xff, 0xed, 0xa0));
  deepEqual(read, Uint8Array.of(0, 0xff, 0xed, 0xa0));
  deepEqual(readAll(bytes("09 00 00"), PUBLISH), { correlationData: new Uint8Array(0) });
});

test("a message is for whose Subscription Identifier it carries, among others; unknown where it carries none", () => {
  const identified = (properties: string, identifier: number): boolean | undefined => holding(bytes(properties), PUBLISH).names(identifier);
  equal(identified("", 1), undefined);
  equal(identified("01 00", 1), undefined);
  for (const [identifier, is] of [[1, true], [200, true], [3, true], [2, false]] as const) equal(identified("0B 01 01 00 0B C8 01 0B 03", identifier), is);
});
