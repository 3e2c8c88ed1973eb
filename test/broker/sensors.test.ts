import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { startBroker } from "../../boards/simulator/tools/broker.js";
import { holdsReadme } from "./readme.js";
import { SimulatedFirmware } from "./simulated-firmware.js";

/** Eight sensors; the first one fails. Seconds from one reading to the next. */
const intervals = { air: 5, climate: 10, light: 15, supply: 20, analog: 20, co2: 30, dust: 12, battery: 60 } as const;
const sensors = {
  air: { type: "SHT4x", interval: intervals.air },
  climate: { type: "BME280", interval: intervals.climate },
  light: { type: "BH1750", interval: intervals.light, median: 3 },
  supply: { type: "INA219", interval: intervals.supply, average: 4 },
  analog: { type: "ADS1115", interval: intervals.analog, channels: 2 },
  co2: { type: "SCD4x", interval: intervals.co2 },
  dust: { type: "PMSA003I", interval: intervals.dust },
  battery: { type: "Battery", interval: intervals.battery, pin: 34, offset: 0.01 },
};
const names = Object.keys(intervals) as (keyof typeof intervals)[];

/** Seconds until there is a first reading: an SCD4x measures every 5 s by itself, a PMSA003I has a frame after 1 s. */
const startUp: Partial<Record<keyof typeof intervals, number>> = { co2: 5, dust: 1 };

/** Each way of failing, and what is told of it. The longest wait between two tries is 32 s. */
const failures = [
  { fault: "nack", from: 60, to: 120, says: /^SHT4x: no answer at address 0x44/ },
  { fault: "crc", from: 180, to: 240, says: /^SHT4x: wrong checksum/ },
  { fault: "never-ready", from: 300, to: 360, says: /^SHT4x: no answer at address 0x44/ },
  { fault: "absurd", from: 420, to: 480, says: /^temperature 130 is absurd: must be from -40 to 125 °C$/ },
] as const;
const longestRetry = 32;
const duration = 600;

interface Told {
  readonly name: string;
  readonly uptime: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

function told(node: SimulatedFirmware): Told[] {
  return node.events.filter((event) => event["event"] === "telemetry").map(({ topic, payload }) => {
    const members = payload as Readonly<Record<string, unknown>>;
    return { name: String(topic).split("/").at(-1) ?? "", uptime: Number(members["uptime"]), payload: members };
  });
}

test("a reading with a wrong checksum is never told as a value, by any part that has checksums", async () => {
  const parts = { air: "SHT4x", co2: "SCD4x", dust: "PMSA003I" } as const;
  const [from, to] = [30, 90];
  const broker = await startBroker({ kind: "mosquitto" });
  const node = await SimulatedFirmware.boot(
    { broker: broker.url, node: "bench", sensors: Object.fromEntries(Object.entries(parts).map(([name, type]) => [name, { type, interval: 5 }])) },
    { clock: "virtual", worldArgs: Object.values(parts).map((type) => `fault:${type.toLowerCase()}=crc@${from}-${to}`) },
  );
  try {
    // Each is tried again 32 s after its last failure at the latest, and an SCD4x needs 6 s then.
    for (let count = 1; Number((await node.event("telemetry", count))["payload"] && told(node).at(-1)?.uptime) < to + longestRetry + 10; count++);
    for (const [name, type] of Object.entries(parts)) {
      const all = told(node).filter((each) => each.name === name);
      const during = all.filter(({ uptime }) => uptime > from && uptime < to);
      ok(during.length >= 3, `${name}: ${during.length} failures were told`);
      for (const { payload } of during) match(String(payload["error"]), new RegExp(`^${type}: wrong checksum`));
      ok(all.some(({ uptime, payload }) => uptime < from && !("error" in payload)), `${name} works before`);
      ok(all.some(({ uptime, payload }) => uptime >= to && !("error" in payload)), `${name} is back`);
    }
  } finally {
    await node.end("SIGKILL");
    await broker.stop();
  }
});

test("eight sensors for ten minutes in an ESP32's memory: one fails in each of its ways and comes back, and no reading of another is late or lost", async () => {
  const broker = await startBroker({ kind: "mosquitto" });
  const worldArgs = failures.map(({ fault, from, to }) => `fault:sht4x=${fault}@${from}-${to}`);
  const node = await SimulatedFirmware.boot({ broker: broker.url, node: "bench", sensors }, { clock: "virtual", worldArgs });
  try {
    for (let count = 1; Number((await node.event("telemetry", count))["payload"] && told(node).at(-1)?.uptime) < duration; count++);
    const all = told(node);
    // Each telemetry is followed by what was in use before it: the most of the ten minutes counts.
    const end = all.findIndex(({ uptime }) => uptime >= duration);
    await node.event("memory", end);
    const inUse = node.events.filter((event) => event["event"] === "memory").slice(0, end).map(({ slots, chunks }) => Number(slots) + Number(chunks));

    for (const name of names.slice(1)) {
      const uptimes = all.filter((each) => each.name === name).map(({ uptime }) => uptime);
      const first = uptimes[0] ?? NaN;
      equal(first, startUp[name] ?? 0, `${name} begins`);
      const expected = Array.from(uptimes, (_, index) => index === 0 ? first : index * intervals[name]);
      deepEqual(uptimes, expected, name);
      ok((uptimes.at(-1) ?? 0) > duration - intervals[name] - 1, `${name} is there until the end`);
      ok(all.every((each) => each.name !== name || !("error" in each.payload)), `${name} never fails`);
    }

    const air = all.filter(({ name }) => name === "air");
    for (const { fault, from, to, says } of failures) {
      // The measurement that is under way when the fault begins may be of before.
      const errors = air.filter(({ uptime, payload }) => uptime >= from && uptime < to && "error" in payload);
      ok(errors.length >= 5, `${fault}: ${errors.length} failures were told`);
      for (const { payload } of errors) match(String(payload["error"]), says);
      ok(air.every(({ uptime, payload }) => uptime <= from || uptime >= to || !("temperature" in payload)), `${fault}: no value while it fails`);
      const back = air.find(({ uptime, payload }) => uptime >= to && "temperature" in payload);
      ok(back && back.uptime <= to + longestRetry, `${fault}: back at ${back?.uptime ?? "no time"}`);
      deepEqual(Object.keys(back.payload["faults"] as object), ["count", "last"]);
      match(String((back.payload["faults"] as { last: unknown }).last), says);
      const following = air.filter(({ uptime }) => uptime >= back.uptime && uptime <= back.uptime + 20).map(({ uptime }) => uptime - back.uptime);
      deepEqual(following, [0, 5, 10, 15, 20], `${fault}: its interval again`);
    }

    for (const { payload } of air) ok(!("temperature" in payload) || (Number(payload["temperature"]) > 18 && Number(payload["temperature"]) < 24));
    const last = (name: string): Readonly<Record<string, unknown>> => all.findLast((each) => each.name === name)?.payload ?? {};
    ok(Math.abs(Number(last("air")["temperature"]) - Number(last("climate")["temperature"])) < 0.05, "two parts in one room agree");
    ok(Math.abs(Number(last("battery")["voltage"]) - 0.01 - Number(last("supply")["voltage"])) < 0.01, "two parts on one battery agree");
    equal(last("co2")["sensor"], "Sensirion SCD4x f8969f073bbe");

    await holdsReadme("eight sensors", Math.max(...inUse));
  } finally {
    await node.end("SIGKILL");
    await broker.stop();
  }
});
