import { deepEqual, equal, match, notDeepEqual, ok } from "node:assert/strict";
import { execFile } from "node:child_process";
import { afterEach, mock, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeCase, runCase, TARGETS, type Case } from "./cases.js";
import { findingText, fuzz } from "./campaign.js";
import { minimise } from "./minimise.js";
import { checkOutput, differential } from "./peer-differential.js";
import { runInSimulator } from "./run-in-simulator.js";
import { VARIANTS } from "./variants.js";

const peer = { differential, checkOutput };

/** Cases of each seed, and those within which a broken part must show. */
const CASES = 8000;
const ENOUGH = 3000;

afterEach(() => mock.restoreAll());

for (const seed of [1, 2, 3])
  test(`${CASES} cases of seed ${seed} violate nothing`, () => {
    const { cases, findings } = fuzz({ seed, peer, more: (index) => index < CASES });
    deepEqual(findings.map(findingText), []);
    equal(cases, CASES);
  });

test("a case depends on seed and number alone", () => {
  for (const target of TARGETS) {
    deepEqual(makeCase(7, 11, target), makeCase(7, 11, target));
    notDeepEqual(makeCase(7, 11, target).wires, makeCase(7, 12, target).wires);
    notDeepEqual(makeCase(7, 11, target).wires, makeCase(8, 11, target).wires);
  }
});

/** The first case that finds something. */
function firstFinding(run: (index: number) => string | undefined): string | undefined {
  for (let index = 0; index < ENOUGH; index++) {
    const violation = run(index);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

suite("broken on purpose is found", () => {
  for (const { name, target, breakIt } of VARIANTS)
    test(name, () => {
      breakIt();
      ok(firstFinding((index) => runCase(makeCase(1, index, target), peer)) !== undefined, `${ENOUGH} cases found nothing`);
      // The oracles that XS has find it too.
      ok(firstFinding((index) => runCase(makeCase(1, index, target), undefined)) !== undefined, `${ENOUGH} cases without mqtt-packet found nothing`);
    });
});

test("a finding is made as small as it gets, and shows the same", () => {
  const wire = Uint8Array.of(1, 2, 3, 0x91, 5, 6, 0x92, 8);
  const large: Case = { seed: 1, index: 2, target: "decoder", version: 5, wires: [Uint8Array.of(9, 9), wire] };
  const [small, violation] = minimise(large, "has 8 bytes", ({ wires }) => {
    const bytes = wires.at(-1) ?? wire;
    if (!bytes.includes(0x92)) return undefined;
    return bytes.includes(0x91) && bytes.length > 3 ? `has ${bytes.length} bytes` : "something else";
  });
  equal(violation, "has 4 bytes");
  equal(
    findingText({ found: small, violation }),
    "decoder, MQTT 5.0: has 4 bytes\n  bytes: 00919200\n  again: npm run fuzz -- --target decoder --seed 1 --case 2 --wires 00919200\n",
  );
});

suite("in the simulator", () => {
  for (const [name, cases, stress] of [["with an ESP32's memory", 150, false], ["with a collection at every allocation", 10, true]] as const)
    test(`cases violate nothing ${name}`, async () => {
      deepEqual(await runInSimulator(1, 0, cases, Infinity, stress), { cases, findings: [] });
    });
});

suite("npm run fuzz", () => {
  const run = async (...args: readonly string[]): Promise<readonly [number, string]> => {
    const command = fileURLToPath(new URL("fuzz.js", import.meta.url));
    return await new Promise((resolve) => {
      const child = execFile(process.execPath, [command, ...args], (_error, stdout, stderr) => resolve([child.exitCode ?? -1, stdout + stderr]));
    });
  };

  test("reports cases, rate, seed and findings", async () => {
    const [code, text] = await run("--cases", "200", "--seed", "4");
    equal(code, 0, text);
    match(text, /^200 cases in [\d.]+ s, \d+ a second, seed 4: 0 findings\n$/);
  });

  test("shows a case again", async () => {
    deepEqual(await run("--target", "decoder", "--seed", "4", "--case", "5", "--wires", "d000"), [0, "no finding\n"]);
  });

  for (const [args, message] of [
    [["--seconds", "soon"], /--seconds must be a whole number from 0 to 4294967295: soon/],
    [["--seed", "-1"], /seed/],
    [["--target", "moon"], /--target must be decoder, connection, xs or stress: moon/],
    [["--case", "1"], /--case needs --target decoder or connection/],
    [["--wires", "00"], /--wires needs --case/],
    [["--target", "decoder", "--case", "1", "--wires", "0"], /--wires must be pairs of hexadecimal digits, separated by commas: 0/],
    [["--tarket", "xs"], /Unknown option '--tarket'/],
  ] as const)
    test(`says what is wrong with ${args.join(" ")}`, async () => {
      const [code, text] = await run(...args);
      equal(code, 1);
      match(text, message);
    });
});
