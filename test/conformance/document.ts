/** docs/conformance.md, made from a ledger. Nothing in it changes from one run to the next unless a test, a title or a list does. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { countOf, type Entry, type Ledger } from "./ledger.js";

export const documentPath = join(projectRoot, "docs/conformance.md");

/** What the parts of the standard are about, by the number that their statements begin with. */
const SECTIONS: Readonly<Record<string, string>> = {
  "1.5": "Data representation", "2.1": "Structure of a packet", "2.2": "Variable header", "3.1": "CONNECT", "3.2": "CONNACK", "3.3": "PUBLISH",
  "3.4": "PUBACK", "3.5": "PUBREC", "3.6": "PUBREL", "3.7": "PUBCOMP", "3.8": "SUBSCRIBE", "3.9": "SUBACK", "3.10": "UNSUBSCRIBE", "3.11": "UNSUBACK",
  "3.12": "PINGREQ", "3.14": "DISCONNECT", "3.15": "AUTH", "4.1": "Session state", "4.2": "Network connections", "4.3": "Quality of Service",
  "4.4": "Resending", "4.5": "Receiving messages", "4.6": "Order of messages", "4.7": "Topic names and filters", "4.8": "Subscriptions",
  "4.9": "Flow control", "4.12": "Enhanced authentication", "4.13": "Errors", "6.0": "WebSocket",
};

const INTRODUCTION = `# Conformance
Every statement of MQTT 5.0 that a client has to keep, and the tests that fail when it does not. The words are ours; the standard's stand
under the same numbers in [MQTT Version 5.0](https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html), appendix B. \`npm run conformance\`
runs the tests and writes this page; a test says in its title which statements it proves.

\`connect\` and the class \`MQTTClient\` share the core that is tested here. [\`report\`](report.md) is a protocol of its own, without most of
what the statements are about; what it sends is tested beside the rest.
`;

/** Titles and requirements are text, but for code in backticks. */
const escape = (text: string): string => text.replace(/[\\*_[\]<>|]/g, "\\$&");

function tests({ proofs }: Entry): string {
  return proofs.map(({ test }) => `[${escape(test.behaviour)}](../test/conformance/${test.file.replace(/js$/, "ts")})`).join("<br>");
}

function result({ proved, proofs }: Entry): string {
  return proved ? "passed" : proofs.length === 0 ? "no test" : "**failed**";
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function proved(entries: readonly Entry[]): string {
  return table(["Statement", "In our words", "Tests", "Result"],
    entries.map((entry) => [entry.statement.id, escape(entry.statement.requirement), tests(entry), result(entry)]));
}

function bySection(entries: readonly Entry[]): string {
  const sections = new Map<string, Entry[]>();
  for (const entry of entries) {
    const number = /\d+\.\d+/.exec(entry.statement.id)?.[0] ?? "";
    sections.set(number, [...(sections.get(number) ?? []), entry]);
  }
  return [...sections].map(([number, own]) => `### ${number} ${SECTIONS[number] ?? ""}\n${proved(own)}`).join("\n");
}

/** The page. */
export function render({ client, server, older }: Ledger): string {
  const parts = [
    `${INTRODUCTION}\n**${countOf(client)} of MQTT 5.0 proved${older.length === 0 ? "" : `, and ${countOf(older)} of MQTT 3.1.1 that are otherwise`}.**\n`,
    `## MQTT 5.0\n\n${bySection(client)}`,
    "## What servers have to keep\nA client cannot make a server keep these. Where it can tell that one does not, this is what it does.\n\n" +
      table(["Statement", "In our words", "When a server breaks it", "Tests"],
        server.map((entry) => [entry.statement.id, escape(entry.statement.requirement), escape(entry.statement.breach ?? ""), tests(entry)])),
  ];
  if (older.length > 0) parts.push(`## MQTT 3.1.1\nWhere the older version differs; all that is the same is proved above.\n\n${proved(older)}`);
  return parts.join("\n");
}

/** Whether the page is what the ledger makes it. */
export function isUpToDate(ledger: Ledger): boolean {
  return existsSync(documentPath) && readFileSync(documentPath, "utf8") === render(ledger);
}
