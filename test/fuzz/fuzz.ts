/** `npm run fuzz`: see README.md beside this file. */
import { parseArgs } from "node:util";
import { makeCase, runCase, TARGETS, type Target } from "./cases.js";
import { findingText } from "./campaign.js";
import { checkOutput, differential } from "./peer-differential.js";
import { runInSimulator } from "./run-in-simulator.js";
import { runOnNode } from "./run-on-node.js";

const usage = `npm run fuzz -- [OPTIONS]

  --seconds N    for so long; default 60, where neither this nor --cases is given
  --cases N      so many cases
  --seed S       0 to 4294967295; the same seed gives the same cases. Default: another one each time
  --target NAME  decoder or connection alone, on Node; xs or stress: both in the simulator, with an ESP32's memory, stress with a collection
                 at every allocation
  --case N       shows this one case of decoder or connection again
  --wires HEX    with --case: what the server sends instead, a word for each connection, separated by commas
  --help         this text
`;

const MAXIMUM = 0xffffffff;

class UsageError extends Error {
  override name = "UsageError";
}

function whole(name: string, value: string | undefined, maximum: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > maximum) throw new UsageError(`--${name} must be a whole number from 0 to ${maximum}: ${value}`);
  return number;
}

function isTarget(name: string | undefined): name is Target {
  return TARGETS.some((target) => target === name);
}

function bytesOf(hex: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/i.test(hex)) throw new UsageError(`--wires must be pairs of hexadecimal digits, separated by commas: ${hex}`);
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}

function report(cases: number, seconds: number, seed: number, findings: readonly string[]): number {
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  process.stdout.write(`${cases} cases in ${seconds.toFixed(1)} s, ${Math.round(cases / Math.max(seconds, 0.001))} a second, seed ${seed}: ${findings.length} findings\n`);
  return findings.length === 0 ? 0 : 1;
}

function replay(seed: number, index: number, target: string | undefined, wires: string | undefined): number {
  if (!isTarget(target)) throw new UsageError("--case needs --target decoder or connection");
  const made = makeCase(seed, index, target);
  const found = wires === undefined ? made : { ...made, wires: wires.split(",").map(bytesOf) };
  const violation = runCase(found, { differential, checkOutput });
  process.stdout.write(violation === undefined ? "no finding\n" : findingText({ found, violation }));
  return violation === undefined ? 0 : 1;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: "string" }, cases: { type: "string" }, seed: { type: "string" }, target: { type: "string" }, case: { type: "string" }, wires: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const { target } = values;
  const seed = whole("seed", values.seed, MAXIMUM) ?? Date.now() % (MAXIMUM + 1);
  const index = whole("case", values.case, MAXIMUM);
  if (index !== undefined) return replay(seed, index, target, values.wires);
  if (values.wires !== undefined) throw new UsageError("--wires needs --case");
  const simulated = target === "xs" || target === "stress";
  if (target !== undefined && !simulated && !isTarget(target)) throw new UsageError(`--target must be decoder, connection, xs or stress: ${target}`);
  const cases = whole("cases", values.cases, MAXIMUM) ?? Infinity;
  const milliseconds = 1000 * (whole("seconds", values.seconds, MAXIMUM) ?? (cases === Infinity ? 60 : Infinity));
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  if (simulated) {
    const result = await runInSimulator(seed, 0, cases, milliseconds, target === "stress");
    return report(result.cases, elapsed(), seed, result.findings);
  }
  const result = await runOnNode(seed, target, cases, milliseconds);
  return report(result.cases, elapsed(), seed, result.findings.map(findingText));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`fuzz: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError || (error instanceof TypeError && "code" in error)) process.stderr.write(`\n${usage}`);
  process.exitCode = 1;
}
