/** `npm run interoperability`: tries the client with all brokers and writes docs/interoperability.md when everything works. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { run } from "node:test";
import { ensure, PackageError } from "../../boards/simulator/tools/packages.js";
import { columnsOf, titleOf } from "./columns.js";
import { writeDocument } from "./document.js";
import { isTried, rows } from "./matrix.js";

const brokers = ["mosquitto", "aedes"] as const;

/** Runs the tests. @returns the titles of those that passed. */
async function passed(): Promise<ReadonlySet<string>> {
  const titles = new Set<string>();
  const files = brokers.map((broker) => fileURLToPath(new URL(`${broker}.test.js`, import.meta.url)));
  const stream = run({ files, concurrency: 2 });
  stream.on("test:pass", ({ name }) => titles.add(name));
  stream.on("test:fail", ({ name, details }) => process.stderr.write(`${name}: ${details.error.message}\n`));
  await once(stream.resume(), "end");
  return titles;
}

try {
  for (const need of ["mosquitto", "mosquitto-clients"] as const) await ensure(need);
} catch (error) {
  if (!(error instanceof PackageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

const wanted = brokers.flatMap((broker) => columnsOf(broker).flatMap((column) => rows.filter((row) => isTried(row, column)).map(({ name }) => titleOf(name, column))));
const titles = await passed();
const missing = wanted.filter((title) => !titles.has(title));
if (missing.length === 0) writeDocument();
process.stdout.write(`${wanted.length - missing.length} of ${wanted.length} work${missing.length === 0 ? "; docs/interoperability.md is written" : ""}\n`);
process.exitCode = missing.length === 0 ? 0 : 1;
