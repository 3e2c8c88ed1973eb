import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { configurationLine, describeRegistry } from "../../boards/simulator/tools/describe-registry.js";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { readParts } from "../../src/node/sensor-configuration.js";
import { registry } from "../../src/sensors/registry.js";

test("docs/sensors.md has each part with its quantities and an entry that is right", async () => {
  const lines = (await readFile(join(projectRoot, "docs/sensors.md"), "utf8")).split("\n");
  const rows = lines.filter((line) => line.startsWith("| `") && line.includes('"type"'));
  assert.deepEqual(rows.map((row) => /^\| `(\w+)`/.exec(row)?.[1]).sort(), registry.map(({ name }) => name).sort());
  for (const type of registry) {
    const row = rows.find((line) => line.startsWith(`| \`${type.name}\` |`)) ?? "";
    const entry = configurationLine(type);
    assert.ok(row.endsWith(`| \`${entry}\` |`), type.name);
    if ("quantities" in type) for (const { name } of type.quantities) assert.ok(row.includes(`\`${name}\``), `${type.name}: ${name}`);
    readParts(`{${entry}}`, registry, ["default"]);
  }
});

test("README.md says how many parts there are", async () => {
  const readme = await readFile(join(projectRoot, "README.md"), "utf8");
  const sensors = registry.filter((type) => "quantities" in type).length;
  assert.match(readme, new RegExp(`${sensors} sensors and ${registry.length - sensors} actuators\\s`));
});

test("npm run sensors names each part with quantities, addresses and options", () => {
  const text = describeRegistry(registry);
  assert.match(text, /^SHT4x: Sensirion .*\n {2}measures {3}temperature \(-40 to 125 °C\), humidity \(0 to 100 %\)\n {2}addresses {2}0x44, 0x45, 0x46\n {2}configure {2}"name": \{ "type": "SHT4x", "address": "0x44" \}$/m);
  assert.match(text, /^ADS1115: (.*\n){3} {2}options {4}channels \(1 to 4; 1\), range \(6\.144 \| 4\.096 .*; 4\.096\)$/m);
  assert.match(text, /^DigitalInput: .*\n {2}measures {3}active \(0 to 1\), changes \(from 0\)$/m);
  for (const { name } of registry) assert.ok(text.includes(`${name}: `), name);
});
