/**
 * `npm run kills -- [--kills N] [--seed S] [--save]`: a device in the simulator and mosquitto, each killed at random, with a bad link between
 * them. Prints the ledger; `--save` writes it to test/kills/result.json. Ends with 1 where a message was lost, or doubled at QoS 2.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { table } from "../bench/tables.js";
import { type Result, run } from "./run.js";
import { violations } from "./violations.js";

function show(result: Result): string {
  const rows = ([["from the device", result.fromDevice], ["to the device", result.toDevice]] as const).flatMap(([direction, accounts]) =>
    ([1, 2] as const).map((qos) => {
      const { accepted, arrived, lost, repeated } = accounts[qos];
      return [`${direction}, QoS ${qos}`, accepted, arrived, lost.length, repeated.length] as const;
    }));
  return `${table("Messages", ["accepted", "arrived", "lost", "repeated"], rows)}${JSON.stringify({ ...result, fromDevice: undefined, toDevice: undefined }, undefined, 2)}\n`;
}

const { values } = parseArgs({ options: { kills: { type: "string", default: "200" }, seed: { type: "string", default: "1" }, save: { type: "boolean", default: false } } });
const result = await run({
  kills: Number(values.kills), seed: Number(values.seed),
  onKill: (kill) => {
    if (kill % 10 === 0) process.stderr.write(`${kill} kills\n`);
  },
});
process.stdout.write(show(result));
if (values.save) await writeFile(join(projectRoot, "test/kills/result.json"), `${JSON.stringify(result, undefined, 2)}\n`);
const wrong = violations(result);
for (const line of wrong) process.stderr.write(`${line}\n`);
process.exitCode = wrong.length > 0 ? 1 : 0;
