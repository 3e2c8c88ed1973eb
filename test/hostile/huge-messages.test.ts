/** Messages far larger than any buffer: announced and not sent, sent slowly, sent whole to a client that takes no pieces. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { bytes, join } from "../protocol/support/bytes.js";
import { Attacked, PINGREQ, PINGRESP } from "./attacked.js";

/** The greatest Remaining Length. */
const GREATEST = 0xfffffff;

test("the greatest Remaining Length and then nothing: nothing is set aside for it, and Keep Alive ends it", (t) => {
  const attacked = new Attacked(t, { keepAlive: 60_000 });
  const socket = attacked.greet();
  const got: number[] = [];
  void attacked.client.subscribe("a", { pieces: true }, (message) => void got.push(message.byteLength));
  socket.receive("90 04 00 01 00 00", "30 FF FF FF 7F 00 01 'a' 00");
  deepEqual(got, []);
  attacked.clock.advance(69_000);
  deepEqual(attacked.ends.map(([kind, code]) => [kind, code]), [["transport", 0x8d]]);
});

test("the greatest Remaining Length with anything but a PUBLISH is Packet too large at once", (t) => {
  for (const first of ["20", "40", "50", "62", "70", "90", "B0", "D0", "E0", "F0"]) {
    const attacked = new Attacked(t);
    const socket = attacked.greet();
    socket.receive(`${first} FF FF FF 7F`);
    deepEqual([socket.taken(), attacked.ends.map(([kind, code]) => [kind, code])], [["E0 01 95"], [["peer", 0x95]]], first);
  }
});

for (const [qos, answer] of [[0, []], [1, ["40 03 00 07 97"]], [2, ["50 03 00 07 97"]]] as const)
  test(`256 MB at QoS ${qos} to a client that takes no pieces: reported once, read to the end and ${qos === 0 ? "dropped" : "refused with Quota exceeded"}, the next message comes`, (t) => {
    const attacked = new Attacked(t, { receiveBuffer: 65_536, keepAlive: 60_000 });
    const socket = attacked.greet();
    const got: string[] = [];
    attacked.subscribe((text) => void got.push(text), qos);
    const header = bytes(`3${2 * qos} FF FF FF 7F 00 01 'a'`, qos === 0 ? "" : "00 07", "00");
    const block = new Uint8Array(65_536).fill(0x55);
    socket.receiveBytes(header);
    let left = GREATEST - (header.length - 5);
    for (; left > block.length; left -= block.length) socket.receiveBytes(block);
    // Time to ask whether the broker is there: the answer stands behind the message.
    attacked.clock.advance(59_000);
    deepEqual(socket.taken(), [PINGREQ]);
    socket.receiveBytes(join(block.subarray(0, left), bytes(PINGRESP, "30 05 00 01 'a' 00 'x'")));
    deepEqual([socket.taken(), got, socket.unread, attacked.ends], [answer, ["x"], 0, []]);
    equal(attacked.errors.length, 1);
    match(attacked.errors[0]?.message ?? "", /^a message of 26843\d{4} bytes on a needs a larger receiveBuffer, or pieces: true$/);
    deepEqual([attacked.errors[0]?.kind, attacked.errors[0]?.reasonCode], ["resource", 0x97]);
  });

test("in MQTT 3.1.1, which has no refusal, a message that is too large is acknowledged and reported: it would come for ever", (t) => {
  const attacked = new Attacked(t, { version: 4 });
  const socket = attacked.greet("20 02 00 00");
  attacked.subscribe(() => undefined, 1);
  socket.receiveBytes(join(bytes("32 D5 07 00 01 'a' 00 07"), new Uint8Array(976)));
  deepEqual([socket.taken(), attacked.errors.length, attacked.ends], [["40 02 00 07"], 1, []]);
});
