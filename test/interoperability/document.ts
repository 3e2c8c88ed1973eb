import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { columnsOf, nameOf, type BrokerName, type Column } from "./columns.js";
import { lackOf, rows, type Row } from "./matrix.js";

const file = join(projectRoot, "docs/interoperability.md");

const INTRODUCTION = `# Interoperability
<!-- Written by npm run interoperability. -->
What the client does with which broker, in which version of MQTT and over what, on Node. Every "yes" is a test of \`npm test\`
(\`test/interoperability/\`); \`npm run interoperability\` runs them and writes this page when all have passed. Messages go through the broker to
and from MQTT.js, \`mosquitto_sub\` and \`mosquitto_pub\`, which speak the same version over TCP. A certificate that is refused ends the attempt
with a message of its own. With a broker that speaks 3.1.1 only the client falls back to that unless the option \`version\` says otherwise.
`;

function cellOf(lack: string | undefined): string {
  return lack === undefined ? "yes" : `no: ${lack}`;
}

function table(rows: readonly Row[], columns: readonly Column[]): string {
  const lines = [
    ["", ...columns.map(({ version, transport }) => `${nameOf(version)}, ${transport.name}`)],
    ["---", ...columns.map(() => "---")],
    ...rows.map((row) => [row.name, ...columns.map((column) => cellOf(lackOf(row, column)))]),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function section(broker: BrokerName): string {
  const columns = columnsOf(broker);
  const messages = table(rows.filter(({ secure }) => !secure), columns);
  const certificates = table(rows.filter(({ secure }) => secure), columns.filter(({ transport }) => transport.secure));
  return `\n## ${broker}\n${messages}\nThe broker's certificate:\n\n${certificates}`;
}

/** The page when all tests pass. */
function page(): string {
  return INTRODUCTION + section("mosquitto") + section("aedes");
}

export function writeDocument(): void {
  writeFileSync(file, page());
}

/** Whether docs/interoperability.md tells of the tests there are. */
export function isDocumentUpToDate(): boolean {
  return readFileSync(file, "utf8") === page();
}
