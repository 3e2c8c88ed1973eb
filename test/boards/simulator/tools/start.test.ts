import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connectAsync } from "mqtt";
import { startBroker } from "../../../../boards/simulator/tools/broker.js";
import { StartRun } from "./start-run.js";

test("--json --seconds shows broker, online, telemetry, memory and stopped, in this order, and ends with 0", async (context) => {
  const run = new StartRun(context, "--json", "--seconds", "3", "--interval", "1", "--node", "kitchen", "--prefix", "house");
  assert.equal(await run.end(), 0);
  assert.equal(run.stderr, "");
  const [broker, online, telemetry, memory] = run.events;
  assert.ok(broker?.event === "broker" && broker.name === "mosquitto");
  assert.match(broker.url, /^mqtt:\/\/127\.0\.0\.1:\d+$/);
  assert.match(broker.version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(online, { event: "online", node: "kitchen", mqtt: 5, resumed: false });
  assert.ok(telemetry?.event === "telemetry" && telemetry.node === "kitchen" && telemetry.topic === "house/kitchen/telemetry");
  assert.equal(typeof telemetry.payload["temperature"], "number");
  assert.ok(memory?.event === "memory" && memory.slots > 0 && memory.chunks > 0 && memory.peakSlots >= memory.slots);
  assert.equal(memory.bits, process.arch === "x64" ? 32 : 64);
  const stopped = run.events.at(-1);
  const sent = run.events.filter(({ event }) => event === "telemetry").length;
  assert.ok(sent >= 2);
  // Every telemetry, online, what was found on flash, and offline.
  assert.deepEqual(stopped, { event: "stopped", published: sent + 3, acknowledged: sent + 3, received: 0 });
});

test("the embedded broker serves a node with MQTT 3.1.1", async (context) => {
  const run = new StartRun(context, "--json", "--broker", "embedded");
  assert.equal((await run.next("broker")).name, "aedes");
  assert.equal((await run.next("online")).mqtt, 4);
  await run.next("telemetry");
  run.child.kill("SIGTERM");
  assert.equal(await run.end(), 0);
});

test("for people: broker, node, telemetry with units, memory of the budget, commands to try", async (context) => {
  const run = new StartRun(context, "--seconds", "3");
  assert.equal(await run.end(), 0);
  const text = run.lines.join("\n");
  const port = /^broker +mosquitto \S+ at mqtt:\/\/127\.0\.0\.1:(\d+)$/m.exec(text)?.[1] ?? "";
  assert.match(text, /^node +xs-mqtt\/node-1, 157,696 bytes of memory for scripts \(esp32\)$/m);
  assert.match(text, /^online +MQTT 5\.0$/m);
  assert.ok(text.includes(`mosquitto_pub -h 127.0.0.1 -p ${port} -t 'xs-mqtt/node-1/command/read' -n`));
  assert.match(text, /^telemetry +[\d.-]+ °C {2}[\d.]+ % {2}[\d.]+ hPa {2}-\d+ dBm {3}memory [\d,]+ bytes, \d+ % \(peak \d+ %.*\)$/m);
  assert.match(text, /^stopped +\d+ published/m);
  assert.ok(!text.includes("\x1b"), "no colours where there is no terminal");
});

test("--storage keeps the node's session from one run to the next: it is resumed, and obeys commands without subscribing again", async (context) => {
  const storage = mkdtempSync(join(tmpdir(), "xs-mqtt-test-"));
  context.after(() => rmSync(storage, { recursive: true }));
  const broker = await startBroker({ kind: "mosquitto" });
  context.after(() => broker.stop());
  const observer = await connectAsync(broker.url);
  context.after(() => observer.endAsync());
  for (const resumed of [false, true]) {
    const run = new StartRun(context, "--json", "--broker", broker.url, "--storage", storage);
    assert.equal((await run.next("online")).resumed, resumed);
    const answer = new Promise((resolve) => observer.once("message", (_, payload) => resolve(payload.toString())));
    await observer.subscribeAsync("xs-mqtt/node-1/response/read");
    await observer.publishAsync("xs-mqtt/node-1/command/read", "", { qos: 1 });
    assert.match(String(await answer), /"ok":true/);
    run.child.kill("SIGTERM");
    assert.equal(await run.end(), 0);
  }
});

test("a scene drives the readings", async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "xs-mqtt-test-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "scene.csv");
  writeFileSync(file, "seconds,temperature,humidity,pressure\n0,-12.5,80,95000\n");
  const run = new StartRun(context, "--json", "--scene", file);
  const { payload } = await run.next("telemetry");
  assert.ok(Math.abs(Number(payload["temperature"]) + 12.5) < 0.1);
  assert.ok(Math.abs(Number(payload["humidity"]) - 80) < 0.5);
  assert.ok(Math.abs(Number(payload["pressure"]) - 95_000) < 10);
  run.child.kill("SIGINT");
  assert.equal(await run.end(), 0);
});

test("--sensors runs a node with any set of them, and switches what it is told to", async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "xs-mqtt-test-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "sensors.json");
  const parts = { air: { type: "SHT4x" }, supply: { type: "INA219" }, door: { type: "DigitalInput", pin: 4 }, fan: { type: "PWMOutput", pin: 17 } };
  writeFileSync(file, JSON.stringify(parts));
  const broker = await startBroker({ kind: "mosquitto" });
  context.after(() => broker.stop());
  const run = new StartRun(context, "--json", "--sensors", file, "--broker", broker.url);
  await run.next("online");
  const told = new Map<string, unknown>();
  while (told.size < 3) {
    const { topic, payload } = await run.next("telemetry");
    told.set(topic, payload["sensor"]);
  }
  assert.deepEqual([...told].sort(), [
    ["xs-mqtt/node-1/telemetry/air", "Sensirion SHT4x 0f123456"], ["xs-mqtt/node-1/telemetry/door", "digital input"], ["xs-mqtt/node-1/telemetry/supply", "Texas Instruments INA219"],
  ]);
  const observer = await connectAsync(broker.url);
  context.after(() => observer.endAsync());
  await observer.subscribeAsync("xs-mqtt/node-1/response/set");
  const answer = new Promise<string>((resolve) => observer.once("message", (_, payload) => resolve(payload.toString())));
  await observer.publishAsync("xs-mqtt/node-1/command/set", '{"fan":0.5}');
  assert.equal(await answer, '{"ok":true}');
  run.child.kill("SIGTERM");
  assert.equal(await run.end(), 0);
});

const wrongSensors: readonly (readonly [text: string, message: RegExp])[] = [
  ['{"air":{"type":"SHT4x","address":"0x50"}}', /sensors\.air\.address must be one of 0x44, 0x45, 0x46/],
  ['{"air":{"type":"SHT4x","bus":"second"}}', /sensors\.air\.bus must be one of default$/m],
  ['{"air":{"type":"SHT4x"},\n"air":{"type":"BME280"}}', /"air" stands twice in one object: names must differ/],
  ['{"a":{"type":"SHT4x","interval":5,"interval":6}}', /"interval" stands twice/],
  ['{\n"air":{"type":"SHT4x",}}', /line 2 is no JSON: /],
  ['', /line 1 is no JSON: /],
];

test("a mistake in the file of --sensors names the entry, the field and what is allowed, and nothing else", async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "xs-mqtt-test-"));
  context.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "sensors.json");
  for (const [text, message] of wrongSensors) {
    writeFileSync(file, text);
    const run = new StartRun(context, "--json", "--sensors", file);
    assert.equal(await run.end(), 1);
    assert.match(run.stderr, /^npm start: --sensors .*sensors\.json: .*\n$/);
    assert.match(run.stderr, message);
  }
});

test("a lost broker shows as offline with the reason, and the node comes back", async (context) => {
  const first = await startBroker({ kind: "mosquitto" });
  const run = new StartRun(context, "--json", "--broker", first.url, "--interval", "1");
  assert.deepEqual(await run.next("broker"), { event: "broker", url: first.url, name: "external", version: "" });
  await run.next("online");
  await run.next("telemetry");
  await first.kill();
  const { node, reason } = await run.next("offline");
  assert.equal(node, "node-1");
  assert.notEqual(reason, "");

  const second = await startBroker({ kind: "mosquitto", port: first.port });
  context.after(() => second.stop());
  const { resumed } = await run.next("online");
  assert.equal(resumed, false, "the new broker knows nothing of the session");
  await run.next("telemetry");

  const observer = await connectAsync(second.url);
  context.after(() => observer.endAsync());
  const status = (): Promise<string> => new Promise((resolve) => observer.once("message", (_, payload) => resolve(payload.toString())));
  const retained = status();
  await observer.subscribeAsync("xs-mqtt/node-1/status");
  assert.equal(await retained, "online");
  const last = status();
  run.child.kill("SIGTERM");
  assert.equal(await last, "offline");
  await run.next("stopped");
  assert.equal(await run.end(), 0);
});

test("a node that never came online ends with 1 and the reason", async (context) => {
  const run = new StartRun(context, "--json", "--seconds", "1", "--broker", "mqtt://127.0.0.1:1");
  assert.equal(await run.end(), 1);
  assert.match(run.stderr, /^The node never came online: .*127\.0\.0\.1:1/m);
  const offline = run.events.find(({ event }) => event === "offline");
  assert.ok(offline?.event === "offline" && offline.reason.includes("127.0.0.1:1"));
  assert.equal(run.events.at(-1)?.event, "stopped");
});

test("a firmware that gives up ends the run with 1 and what the simulator said", async (context) => {
  const run = new StartRun(context, "--json", "--broker", "mqtt://%00@127.0.0.1");
  assert.equal(await run.end(), 1);
  const last = run.events.at(-1);
  assert.ok(last?.event === "offline" && last.reason.includes("exit code 15") && last.reason.includes("brokerUser must be"));
});

test("when nobody reads the output any more, the run ends", async (context) => {
  const run = new StartRun(context, "--json", "--interval", "1");
  await run.next("online");
  run.child.stdout.destroy();
  assert.equal(await run.end(), 0);
});

const mistakes: readonly (readonly [string[], RegExp])[] = [
  [["--sekonds", "3"], /Unknown option '--sekonds'/],
  [["3"], /Unexpected argument '3'/],
  [["--seconds"], /--seconds/],
  [["--seconds", "0"], /--seconds: "0" must be a number of seconds, 1 to 2000000/],
  [["--interval", "x"], /--interval: "x" must be a number of seconds, 1 to 86400/],
  [["--heap", "esp8266"], /--heap: "esp8266" must be esp32, esp32c3, unlimited/],
  [["--broker", "127.0.0.1"], /--broker: "127.0.0.1" must be mqtt:\/\/HOST\[:PORT\]/],
  [["--broker", "mqtt://127.0.0.1/path"], /--broker: "mqtt:\/\/127\.0\.0\.1\/path" must be mqtt:\/\/HOST\[:PORT\]/],
  [["--broker", "mqtt://127.0.0.1?query"], /--broker: ".*" must be/],
  [["--broker", "mqtt://127.0.0.1:0"], /--broker: ".*" must be .* port from 1 to 65535/],
  [["--broker", "mqtt://user:secret%@127.0.0.1"], /--broker: "mqtt:\/\/\.\.\.@127\.0\.0\.1" must be .*percent-encoded/],
  [["--broker", "mqtts://127.0.0.1"], /no TLS/],
  [["--node", "a/b"], /--node: "a\/b" must be 1 to 32 characters, without \+, # and \//],
  [["--node", "n".repeat(33)], /--node: "n+" must be 1 to 32 characters/],
  [["--node", ""], /--node: "" must be 1 to 32 characters/],
  [["--prefix", "a/#"], /--prefix: "a\/#" must be 1 to 64 characters, without \+ and #, topic levels/],
  [["--prefix", "$SYS"], /--prefix: "\$SYS" must be/],
  [["--scene", "/nonexistent.csv"], /--scene \/nonexistent\.csv: .*no such file/],
  [["--scene", "/dev/null"], /--scene \/dev\/null: .*header/],
  [["--sensors", "/nonexistent.json"], /--sensors \/nonexistent\.json: .*no such file/],
];

for (const [options, message] of mistakes)
  test(`${options.join(" ")} is refused with what is allowed`, async (context) => {
    const run = new StartRun(context, "--json", ...options);
    assert.equal(await run.end(), 1);
    assert.match(run.stderr, message);
    assert.match(run.stderr, /--interval SECONDS .*\n.*--heap HEAP/, "the options are listed");
    assert.deepEqual(run.lines, []);
  });

test("--help lists the options and ends with 0", async (context) => {
  const run = new StartRun(context, "--help");
  assert.equal(await run.end(), 0);
  assert.equal(run.stderr, "");
  for (const option of ["broker", "json", "seconds", "scene", "sensors", "node", "prefix", "interval", "heap", "storage", "help"])
    assert.ok(run.lines.some((line) => line.startsWith(`  --${option} `)), option);
});
