import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../src/client/client.js";
import { Journal } from "../../src/storage/journal.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";
import { FakeClock } from "../client/fake-clock.js";
import { FakeNetwork, type FakeSocket } from "../client/fake-network.js";
import { bytes } from "../protocol/support/bytes.js";
import { FakeFlash } from "../storage/fake-flash.js";
import { Random } from "../storage/random.js";

const MINUTE = 60_000;
const MIDNIGHT = 1_800_000_000_000;

/** Takes what was written, and acknowledges it: MQTT 3.1.1, QoS 1, a topic of one letter. @returns what the PUBLISHes hold: `number,time`. */
function receive(socket: FakeSocket): string[] {
  const sent = bytes(...socket.taken());
  const readings: string[] = [];
  for (let at = 0; at < sent.length; at += 2 + (sent[at + 1] ?? 0)) {
    const packet = sent.subarray(at, at + 2 + (sent[at + 1] ?? 0));
    if (packet[0] !== 0x32) continue;
    readings.push(new TextDecoder().decode(packet.subarray(7)));
    socket.receiveBytes(Uint8Array.of(0x40, 2, packet[5] ?? 0, packet[6] ?? 0));
  }
  return readings;
}

test("after a day without a broker 1,440 readings arrive, in order and with their times, over a restart too", (context) => {
  const clock = new FakeClock(context);
  const network = new FakeNetwork();
  const geometry = { blocks: 40, blockLength: 4096, writeAlign: 4 };
  let flash = new FakeFlash(geometry, new Random(1));
  let log = new TelemetryLog(new Journal(flash));
  const taken: string[] = [];
  for (let number = 0; number < 1440; number++) {
    const time = MIDNIGHT + number * MINUTE + (number % 7);
    taken.push(`${number},${time}`);
    log.append(time, new TextEncoder().encode(String(number)));
    clock.advance(MINUTE);
    if (number === 700) log = new TelemetryLog(new Journal((flash = flash.restart())));
  }
  const client = connect({ host: "127.0.0.1", version: 4, ...network.provider });
  const underWay: number[] = [];
  const topic = client.topic("t", {
    qos: 1,
    onSettled: () => {
      log.done(underWay.shift() ?? 0);
    },
  });
  let waiting: Uint8Array | undefined;
  const send = (): void => {
    for (; waiting !== undefined || log.next(); waiting = undefined) {
      waiting ??= new TextEncoder().encode(`${new TextDecoder().decode(log.read())},${log.time}`);
      if (!topic.publish(waiting)) return;
      underWay.push(log.number);
    }
  };
  clock.advance();
  const { socket } = network;
  socket.writable();
  socket.receiveBytes(bytes("20 02 00 00"));
  const arrived: string[] = [];
  for (let i = 0; i < 1440 && log.count > 0; i++) {
    send();
    clock.advance();
    arrived.push(...receive(socket));
    socket.writable();
  }
  deepEqual(arrived, taken);
  equal(new Journal(flash.restart()).recovered.readings, 0);
  void client.close();
});
