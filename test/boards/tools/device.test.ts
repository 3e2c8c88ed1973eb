import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UsageError } from "../../../boards/simulator/tools/command-line.js";
import { projectRoot } from "../../../boards/simulator/tools/paths.js";
import { boards, findBoard } from "../../../boards/tools/boards.js";
import { parseDeviceOptions } from "../../../boards/tools/device-options.js";
import { writeProject } from "../../../boards/tools/project.js";
import { sensorDrivers } from "../../../boards/tools/sensor-drivers.js";
import { findSdk, findSerialPort, MissingError, requireIdf } from "../../../boards/tools/sdk.js";

/** A folder that is gone when the test is over. */
function scratch(t: { after(callback: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "xs-mqtt-device-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("each board has a manifest, a page that says what was measured, and under 40 lines", () => {
  assert.deepEqual(boards().map(({ name }) => name), ["esp32", "esp32c3", "esp32c6", "esp32s3", "m5atom_lite", "m5stick_cplus", "wt32_eth01", "xiao_esp32c3"]);
  for (const { name, manifest } of boards()) {
    const folder = join(projectRoot, "boards", name);
    const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    assert.ok(texts.join("").split("\n").length <= 40, `${name} is too long`);
    const page = readFileSync(join(folder, "README.md"), "utf8");
    for (const part of ["Not measured on a physical board", "| I2C data |", "## Sensors", "## Flashing", `--board ${name} `]) assert.ok(page.includes(part), `${name}: ${part}`);
    const { include } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly include: unknown };
    assert.deepEqual(include, ["../../manifest.json"]);
  }
});

test("a wrong board's name is answered with the right ones", () => {
  assert.throws(() => findBoard("esp32c9"), (error) => error instanceof UsageError && /no board "esp32c9"; there are esp32, esp32c3, .* xiao_esp32c3/.test(error.message));
});

test("a board may be a folder anywhere, with the name of the SDK's target", (t) => {
  const folder = scratch(t);
  writeFileSync(join(folder, "manifest.json"), "{}");
  const { platform, manifest } = findBoard(folder);
  assert.equal(platform, `esp32/${folder.replace(/.*\//, "")}`);
  assert.equal(manifest, join(folder, "manifest.json"));
  assert.equal(findBoard("esp32").platform, "esp32");
});

test("options come from the command line, else from the environment, else from a file", (t) => {
  const file = join(scratch(t), "secrets.json");
  writeFileSync(file, '{"ssid":"of file","password":"of file","brokerPassword":"of file"}');
  const environment = { XS_MQTT_SSID: "of environment", XS_MQTT_PASSWORD: "of environment", UPLOAD_PORT: "/dev/a" };
  const options = parseDeviceOptions(["--board", "esp32", "--ssid", "of line", "--secrets", file, "--config", "interval=5"], environment);
  assert.deepEqual(options, {
    board: "esp32", port: "/dev/a", buildOnly: false, monitor: false, credentials: { ca: undefined, certificate: undefined, key: undefined },
    config: { ssid: "of line", password: "of environment", brokerPassword: "of file", interval: "5" },
  });
});

test("a wrong command line is refused without telling what may be a secret", (t) => {
  const file = join(scratch(t), "secrets.json");
  writeFileSync(file, "hunter2");
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^--board is missing$/],
    [["--board", "esp32", "--colour", "red"], /Unknown option '--colour'/],
    [["--board", "esp32", "--monitor", "--build-only"], /^--monitor needs a board/],
    [["--board", "esp32", "--config", "hunter2"], /^--config must be NAME=VALUE$/],
    [["--board", "esp32", "--secrets", file], /must be JSON$/],
    [["--board", "esp32", "--secrets", "/nowhere"], /cannot be read$/],
  ];
  for (const [args, message] of wrong)
    assert.throws(() => parseDeviceOptions(args, {}), (error) => error instanceof UsageError && message.test(error.message) && !error.message.includes("hunter2"));
  assert.equal(parseDeviceOptions(["--help"], {}), undefined);
});

test("sensors come from a file; those of the SDK bring their drivers, once each", (t) => {
  const file = join(scratch(t), "sensors.json");
  const sensors = { air: { type: "SHT3x" }, attic: { type: "SHT3x", address: 0x45 }, soil: { type: "DS18X20", pin: 4 }, light: { type: "BH1750" } };
  writeFileSync(file, JSON.stringify(sensors));
  const config = parseDeviceOptions(["--board", "esp32", "--sensors", file], {})?.config;
  assert.deepEqual(config?.["sensors"], sensors);
  const drivers = ["$(MODDABLE)/modules/drivers/sensors/sht3x/manifest.json", "$(MODDABLE)/modules/drivers/onewire/manifest.json"];
  assert.deepEqual(sensorDrivers(sensors), drivers);
  assert.deepEqual(sensorDrivers(JSON.stringify(sensors)), drivers);
  assert.deepEqual(sensorDrivers(undefined), []);
  assert.throws(() => sensorDrivers({ air: { type: "SHT9x" } }), (error) => error instanceof UsageError && /^sensors\.air\.type must be one of ADS1115,/.test(error.message));
});

test("a missing SDK, ESP-IDF and serial port each have an instruction of their own", async (t) => {
  const folder = scratch(t);
  const missing = (message: RegExp) => (error: unknown): boolean => error instanceof MissingError && message.test(error.message);
  await assert.rejects(findSdk({}), missing(/MODDABLE does not say where it is\.\nInstall the Moddable SDK .*https:.*\nThen: export MODDABLE=/));
  await assert.rejects(findSdk({ MODDABLE: folder }), missing(/where there is no Moddable SDK\.\nInstall/));
  await assert.rejects(requireIdf({}), missing(/^ESP-IDF is needed.*\nInstall.*\nThen: source/));
  await assert.rejects(requireIdf({ IDF_PATH: folder }), missing(/where there is no ESP-IDF/));
  assert.throws(() => findSerialPort(undefined, folder), missing(/^No board is plugged in.*\n.*--build-only/));
  assert.throws(() => findSerialPort(join(folder, "ttyUSB7")), missing(/^There is no serial port/));
  writeFileSync(join(folder, "ttyUSB0"), "");
  assert.equal(findSerialPort(undefined, folder), join(folder, "ttyUSB0"));
  writeFileSync(join(folder, "ttyACM0"), "");
  assert.throws(() => findSerialPort(undefined, folder), missing(/several serial ports: .*\nSay which: --port/));
});

test("what mcconfig is given can be read by its owner only", async () => {
  const { manifest, output } = await writeProject("unit-test", "secret", { config: { password: "hunter2" } }, { "device-key.der": Uint8Array.of(1) });
  assert.equal(statSync(manifest).mode & 0o077, 0);
  assert.equal(statSync(join(manifest, "../resources/device-key.der")).mode & 0o077, 0);
  assert.deepEqual(JSON.parse(readFileSync(manifest, "utf8")), { config: { password: "hunter2" }, resources: { "*": "./resources/*" } });
  await writeProject("unit-test", "secret", {});
  assert.throws(() => statSync(join(manifest, "../resources")), /ENOENT/);
  assert.equal(statSync(output).mode & 0o077, 0);
  rmSync(output, { recursive: true });
});
