import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { connectAsync, type IClientOptions } from "mqtt";
import { findProgram } from "../../../../boards/simulator/tools/find-program.js";
import { startBroker, type Broker, type BrokerOptions } from "../../../../boards/simulator/tools/broker.js";
import { startTLSBroker } from "../../../broker/tls-broker.js";

/** A broker that ends with the test at the latest. */
async function broker(context: TestContext, options: BrokerOptions): Promise<Broker> {
  const started = await startBroker(options);
  context.after(() => started.stop());
  return started;
}

/** Whether a client gets through. */
async function accepts(url: string, options: IClientOptions = {}): Promise<boolean> {
  const client = await connectAsync(url, { reconnectPeriod: 0, ...options }, false).catch(() => undefined);
  await client?.endAsync();
  return client !== undefined;
}

for (const kind of ["mosquitto", "aedes"] as const) {
  test(`${kind} accepts connections when it has started, and none when it has stopped`, async (context) => {
    const started = await broker(context, { kind });
    assert.equal(started.name, kind);
    assert.match(started.version, /^\d+\.\d+\.\d+$/);
    assert.equal(started.url, `mqtt://127.0.0.1:${started.port}`);
    assert.ok(await accepts(started.url));
    await started.stop();
    assert.ok(!(await accepts(started.url)));
    await started.stop();
  });

  test(`${kind} can be killed and started again on its port`, async (context) => {
    const first = await broker(context, { kind });
    const client = await connectAsync(first.url, { reconnectPeriod: 0 });
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    client.on("error", () => undefined);
    await first.kill();
    await closed;
    const second = await broker(context, { kind, port: first.port });
    assert.equal(second.port, first.port);
    assert.ok(await accepts(second.url));
  });

  test(`${kind} says when its port is taken`, async (context) => {
    const { port } = await broker(context, { kind });
    await assert.rejects(startBroker({ kind, port }), /in use|EADDRINUSE/);
  });
}

test("mosquitto with persistence keeps retained messages over a restart", async (context) => {
  const persistence = mkdtempSync(join(tmpdir(), "xs-mqtt-test-"));
  const first = await broker(context, { kind: "mosquitto", persistence });
  const writer = await connectAsync(first.url);
  await writer.publishAsync("kept", "yes", { qos: 1, retain: true });
  await writer.endAsync();
  await first.stop();

  const second = await startBroker({ kind: "mosquitto", persistence, port: first.port });
  const reader = await connectAsync(second.url);
  context.after(async () => {
    await reader.endAsync();
    await second.stop();
    rmSync(persistence, { recursive: true });
  });
  const message = new Promise((resolve) => reader.once("message", (topic, payload) => resolve([topic, payload.toString()])));
  await reader.subscribeAsync("kept");
  assert.deepEqual(await message, ["kept", "yes"]);
});

test("mosquitto with TLS shows its certificate and asks for the client's where told to", async (context) => {
  const open = await startTLSBroker(context);
  assert.match(open.broker.url, /^mqtts:\/\/localhost:\d+$/);
  assert.ok(await accepts(open.broker.url, { ca: open.authority.certificate }));
  assert.ok(!(await accepts(open.broker.url)));

  const closed = await startTLSBroker(context, { clientCertificates: true });
  const { certificate, key } = closed.authority.issue("kitchen");
  assert.ok(!(await accepts(closed.broker.url, { ca: closed.authority.certificate })));
  assert.ok(await accepts(closed.broker.url, { ca: closed.authority.certificate, cert: certificate, key }));
});

test("mosquitto that does not start gives its reason, and leaves what it cannot do to nobody", async () => {
  await assert.rejects(startBroker({ kind: "mosquitto", settings: ["no_such_setting 1"] }), /Unknown configuration variable "no_such_setting"/);
  await assert.rejects(startBroker({ kind: "aedes", persistence: "/tmp" }), /no option persistence/);
});

for (const launcher of ["setpriv", undefined])
  test(`a mosquitto that cannot be run is told, ${launcher === undefined ? "without setpriv" : "with setpriv"}`, async (context) => {
    const directory = mkdtempSync(join(tmpdir(), "xs-mqtt-test-"));
    const path = process.env["PATH"];
    const installed = launcher === undefined ? undefined : await findProgram(launcher);
    context.after(() => {
      process.env["PATH"] = path;
      rmSync(directory, { recursive: true });
    });
    writeFileSync(join(directory, "mosquitto"), "#!/nonexistent/interpreter\n", { mode: 0o755 });
    if (installed !== undefined) {
      symlinkSync(installed, join(directory, "setpriv"));
      symlinkSync((await findProgram("true")) ?? "", join(directory, "true"));
    }
    process.env["PATH"] = directory;
    await assert.rejects(startBroker({ kind: "mosquitto" }), /^Error: mosquitto did not start\. .*(ENOENT|No such file)/);
  });
