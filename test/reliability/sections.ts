/** The parts of docs/reliability.md. */
import type { Account } from "../kills/ledger.js";
import type { Result } from "../kills/run.js";
import { violations } from "../kills/violations.js";
import { ENOUGH, type Find } from "../faults/broken-builds.js";
import type { Summary } from "../faults/seeds.js";
import { ENDURANCE, MESSAGES } from "../storage/figures.js";
import { apart } from "./apart.js";
import type { Figures } from "./figures.js";

type Row = readonly (string | number)[];

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });

/** A table whose numbers stand to the right. */
function table(columns: readonly string[], rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.map((cell) => (typeof cell === "number" ? grouped.format(cell) : cell)).join(" | ")} |\n`;
  const isNumeric = (column: number): boolean => rows.some((row) => typeof row[column] === "number");
  return line(columns) + line(columns.map((_, column) => (isNumeric(column) ? "---:" : "---"))) + rows.map(line).join("");
}

const FAULT = "fault: ";
const isMessage = /^(messages (to the device )?at QoS|readings$|connections, |virtual seconds$)/;

/** What was counted that is neither a fault nor a message. */
function namesApart({ counts }: Summary): string[] {
  return [...counts.keys()].filter((name) => !name.startsWith(FAULT) && !isMessage.test(name)).sort();
}

/** What the seeds counted apart and nobody has given a reason for. */
export function unexplained(summary: Summary): string[] {
  return namesApart(summary).filter((name) => !Object.hasOwn(apart, name));
}

/** What the simulated nodes came to. */
export function faultsSection(summary: Summary): string {
  const { counts, failures, seeds } = summary;
  const count = (name: string): number => counts.get(name) ?? 0;
  const broken = (promise: RegExp): number => failures.filter(({ violation }) => promise.test(violation)).length;
  const lost = /\blost|gone with the power/;
  const doubled = /\bdoubled/;
  const faults = [...counts].filter(([name]) => name.startsWith(FAULT)).map(([name, number]): Row => [name.slice(FAULT.length), number]).sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
  const other = failures.filter(({ violation }) => !lost.test(violation) && !doubled.test(violation)).length;
  return `## Simulated nodes
${grouped.format(seeds)} seeds from 1, each the life of a node in virtual time: client, application and flash, a network and a model of a broker. All chance
comes from the seed, and every promise is checked at every step. Latency, and bytes that come in pieces, are in each of them and not counted
here. \`npm run reliability -- --seeds N\` runs more and writes this page; \`npm run faults -- --seed S --trace\` shows what happened in one.

${table(["Seeds in which", ""], [
  ["a message was lost at QoS 1 or 2", broken(lost)], ["a message was doubled at QoS 0 or 2", broken(doubled)], ["another promise was broken: order, limits, keep alive, memory, an end for each call", other],
])}
${failures.length === 0 ? "" : `${failures.map(({ seed, violation }) => `- seed ${seed}: ${violation.split("\n")[0] ?? ""}\n`).join("")}\n`}${table(
  ["Messages", "from the device", "from the device, durable", "to the device"],
  [0, 1, 2].map((qos) => [`QoS ${qos}`, count(`messages at QoS ${qos}`), qos === 0 ? "" : count(`messages at QoS ${qos}, durable`), count(`messages to the device at QoS ${qos}`)]),
)}
Besides them ${grouped.format(count("readings"))} readings from the log, at QoS 1; ${grouped.format(count("connections, MQTT 5.0"))} connections of MQTT 5.0 and ${grouped.format(count("connections, MQTT 3.1.1"))} of MQTT 3.1.1.

${table(["Faults injected", ""], faults)}
Counted apart, for it is neither lost nor doubled:

${table(["", "", "Why"], namesApart(summary).map((name) => [name, count(name), apart[name] ?? ""]))}`;
}

/** What each build that is broken on purpose was found by; undefined: by nothing. */
export type Finds = Readonly<Record<string, Find | undefined>>;

/** How soon the simulated nodes notice what is broken. */
export function brokenSection(finds: Finds): string {
  const rows = Object.entries(finds).map(([what, found]): Row => (found === undefined ? [what, "none", ""] : [what, found.seed, `\`${(found.violation.split("\n")[0] ?? "").slice(0, 120)}\``]));
  return `## Broken on purpose
What the simulated nodes are worth shows in what they find: \`npm test\` breaks the client in these ways, one at a time and in memory, and each has to
be found within ${grouped.format(ENOUGH)} seeds.

${table(["What is broken", "Found by seed", "What it said"], rows)}`;
}

function account(title: string, { accepted, arrived, lost, repeated }: Account): Row {
  return [title, accepted, arrived, lost.length, repeated.length];
}

/** What the processes that were killed came to. */
export function killsSection(result: Result): string {
  const { brokerRepeats, connections, faults, fromDevice, interrupted, kills, mosquitto, refused, seed, toDevice, torn } = result;
  const wrong = violations(result);
  return `## Processes killed
The device in the simulator, 32 bit with an ESP32's heap and its flash in a file, and mosquitto ${mosquitto}, each killed with SIGKILL at random, over a
proxy; two MQTT.js clients keep the ledger. Saved by \`npm run kills -- --kills ${kills.device + kills.broker} --seed ${seed} --save\`. When exactly a kill meets whom depends
on the machine.

${table(["Killed or injected", ""], [["kills of the device", kills.device], ["of these, within a write of flash, which was left torn", torn], ["kills of mosquitto", kills.broker], ...Object.entries(faults).map(([name, number]): Row => [`link: ${name}`, number]), ["connections that took up the session", connections.resumed]])}
${table(["Messages", "accepted", "arrived", "lost", "arrived again"], [
  account("from the device, QoS 1", fromDevice[1]), account("from the device, QoS 2", fromDevice[2]), account("to the device, QoS 1", toDevice[1]), account("to the device, QoS 2", toDevice[2]),
])}
${wrong.length === 0 ? "" : `${wrong.map((line) => `- ${line}\n`).join("")}\n`}Accepted is what the sender was told is safe; a message whose sender was killed before that may arrive all the same. At QoS 1 a message may
arrive again. Counted apart:

- Refused by the device for want of room, with an error: ${refused}.
- At QoS 2, in the hands of a handler when the power went, so that the next program got it again: ${interrupted}.
- At QoS 2, sent again by mosquitto after its PUBREL, against MQTT-4.3.3-6, when it had lost the client before the CONNACK: ${brokerRepeats.length}. The
  device cannot tell such a message from a new one.${brokerRepeats.length === 0 ? "" : " What was seen on the wire is below."}
- mosquitto 2.0 acknowledges before it saves. Its answers wait in the proxy until its file has been written, so that a kill does not take back
  what it has said ([test/kills/README.md](../test/kills/README.md)). With a mosquitto as it comes, what it takes back is lost, whatever the client does.
${brokerRepeats.map((trace, i) => `\nRepeat ${i + 1}, each packet of the exchange and each connection that began meanwhile:\n\`\`\`\n${trace.join("\n")}\n\`\`\`\n`).join("")}`;
}

/** What the journal costs its flash. */
export function flashSection({ flash, recovery }: Figures): string {
  const rows = [
    ["flash writes per message", "writesPerMessage", 3], ["bytes written per 1,000 messages", "bytesPerThousand", 0], ["blocks erased per 1,000 messages", "erasesPerThousand", 1],
    ["most to least worn block", "wear", 3], [`years to ${grouped.format(ENDURANCE)} erases of the most worn block, at one a minute`, "years", 0],
  ] as const;
  return `## Flash
A partition of 64 KiB with blocks of 4 KiB, over ${grouped.format(MESSAGES)} messages with a payload of 64 bytes. Publications have a topic of 17 bytes, eight are in flight;
readings are acknowledged one by one.

${table(["", ...flash.map(([title]) => title)], rows.map(([title, name, digits]) => [title, ...flash.map(([, figures]) => Number(figures[name].toFixed(digits)))]))}
A message costs a write that keeps it and one that marks it done. Headers of blocks, and what moves to a newer block, go out with them.

Finding a full partition again, in the 32-bit simulator with an ESP32's heap:

${table(["", ...recovery.map(([title]) => title)], [
  ["steps of bytecode", ...recovery.map(([, { steps }]) => steps)],
  ["RAM that stays, bytes", ...recovery.map(([, { ram }]) => ram)],
  ["garbage until the next collection, bytes", ...recovery.map(([, { garbage }]) => garbage)],
])}`;
}
