/** The figures of docs/storage.md, as they are measured. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleText } from "../bench/bundle.js";
import { bytecode } from "../bench/figures.js";
import type { Figures, Recovery } from "./figures.js";

const grouped = new Intl.NumberFormat("en-US");

/** To two digits. */
function rounded(value: number): string {
  return grouped.format(Number(value.toPrecision(2)));
}

/** Bytecode in bytes of a client with the named exports of the library besides. */
async function withExports(directory: string, names: readonly string[]): Promise<number> {
  const file = join(directory, "bundle.js");
  await writeFile(file, await bundleText(`export { ${["connect", ...names].join(", ")} } from "xs-mqtt";`));
  return await bytecode(file);
}

/** What all of it adds to a client's bytecode, in KB. */
async function measureBytecode(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "storage-page-"));
  try {
    const without = await withExports(directory, []);
    return (((await withExports(directory, ["Journal", "SessionStore", "TelemetryLog"])) - without) / 1000).toFixed(0);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The table "What it costs". */
export async function costs({ flash, recovery }: Figures): Promise<string> {
  const [alone, staying] = flash.map(([, figures]) => figures);
  const [session, readings] = recovery.map(([, figures]) => figures) as readonly (Recovery | undefined)[];
  if (alone === undefined || staying === undefined || session === undefined || readings === undefined) throw new Error("a figure is missing");
  return [
    `| flash writes per message | ${alone.writesPerMessage.toFixed(3)}: one to keep it, one to mark it done; block headers and what moves to a newer block go out with them |`,
    `| the same with eight publications that stay | ${staying.writesPerMessage.toFixed(3)} |`,
    `| bytes written per 1,000 messages | ${grouped.format(Math.round(alone.bytesPerThousand))} |`,
    `| blocks erased per 1,000 messages | ${alone.erasesPerThousand.toFixed(1)} |`,
    `| most to least worn block | ${alone.wear.toFixed(2)}; ${staying.wear.toFixed(2)} with eight publications that stay |`,
    `| endurance at one message a minute, 100,000 erases a block | ${Math.floor(alone.years)} years |`,
    `| a full partition found again: a session | ${rounded(session.steps)} steps |`,
    `| a full partition found again: ${readings.readings} readings of 64 bytes | ${rounded(readings.steps)} steps |`,
    `| RAM with the default options | ${grouped.format(session.ram)} bytes: the index, one record, and room to work |`,
    `| bytecode, beside a client's | ${await measureBytecode()} KB for journal, session store and log |`,
    "",
  ].join("\n");
}
