/** The result for people: tables with the others beside us. */
import type { DriverFigures } from "../sensors/driver-figures.js";
import type { NodeFigures } from "./node-peers.js";
import type { ClientFigures, Result } from "./result.js";
import { messageCases } from "./subjects.js";

type Cell = string | number | undefined;

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

function cell(value: Cell): string {
  return value === undefined ? "n/a" : typeof value === "number" ? grouped.format(value) : value;
}

/** Columns: the first to the left, the others to the right. Rows in which nobody has a figure are left out. */
export function table(title: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const shown = rows.filter(([, ...values]) => values.some((value) => value !== undefined));
  if (shown.length === 0) return "";
  const texts = [[title, ...columns], ...shown.map((row) => row.map(cell))];
  const widths = [title, ...columns].map((_, index) => Math.max(...texts.map((row) => row[index]?.length ?? 0)));
  const lines = texts.map((row) => row.map((text, index) => (index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0))).join("  "));
  lines.splice(1, 0, widths.map((width) => "-".repeat(width)).join("  "));
  return `${lines.join("\n")}\n\n`;
}

const rows: readonly (readonly [string, (client: ClientFigures) => Cell])[] = [
  ["bytecode, bytes", (client) => client.bytecode?.full],
  ["bytecode of the smallest build, bytes", (client) => client.bytecode?.smallest],
  ["RAM connected and idle, bytes", (client) => client.ram?.idle],
  ["RAM at most while connecting, bytes", (client) => client.ram?.connectPeak],
  ["1 MiB out: RAM above idle, bytes", (client) => client.stream?.outBytes],
  ["1 MiB out: steps per KiB", (client) => client.stream?.outStepsPerKiB],
  ["1 MiB in: RAM above idle, bytes", (client) => client.stream?.inBytes],
  ["1 MiB in: steps per KiB", (client) => client.stream?.inStepsPerKiB],
  ["wake to acknowledged, round trips", (client) => client.wake?.roundTrips],
  ["wake to acknowledged, bytes sent", (client) => client.wake?.bytes],
  ["wake to acknowledged, segments sent", (client) => client.wake?.segments],
  ["publish QoS 0, CPU microseconds", (client) => client.speed?.publish.microseconds],
  ["publish QoS 0, part of the bare socket's speed", (client) => client.speed?.publish.ratio],
  ["publish QoS 0, messages a second", (client) => client.speed?.publish.perSecond],
  ["receive QoS 0, CPU microseconds", (client) => client.speed?.receive.microseconds],
  ["receive QoS 0, part of the bare socket's speed", (client) => client.speed?.receive.ratio],
  ["receive QoS 0, messages a second", (client) => client.speed?.receive.perSecond],
];

function clientTables(candidates: Readonly<Record<string, ClientFigures>>): string {
  const clients = Object.fromEntries(Object.entries(candidates).filter(([, figures]) => Object.keys(figures).length > 0));
  const columns = Object.keys(clients);
  const all = Object.values(clients);
  const message = (client: ClientFigures, name: typeof messageCases[number]): Cell => {
    const cost = client[name];
    return cost && `${cell(cost.bytes)} / ${cell(cost.steps)} / ${cell(cost.collections)}`;
  };
  const reasons = Object.entries(clients).flatMap(([name, { absent = {} }]) => Object.entries(absent).map(([which, why]) => `${name} has no ${which}: ${why}\n`));
  return table("In the simulator", columns, rows.map(([label, figure]) => [label, ...all.map(figure)]))
    + table("A message: bytes / steps / collections per 1,000", columns, messageCases.map((name) => [name.replace(/(\d)/, " QoS $1"), ...all.map((client) => message(client, name))]))
    + (reasons.length === 0 ? "" : `${reasons.join("")}\n`);
}

function nodeTable(clients: Readonly<Record<string, NodeFigures>>): string {
  const all = Object.values(clients);
  const figures = (["publish0", "publish1", "receive0"] as const).flatMap((name) => [
    [`${name.replace(/(\d)/, " QoS $1")}, messages a second`, ...all.map((client) => client[name].perSecond)],
    [`${name.replace(/(\d)/, " QoS $1")}, CPU microseconds`, ...all.map((client) => client[name].microseconds)],
  ]);
  return table("On Node", Object.keys(clients), [...figures, ["bundle, minified, bytes", ...all.map((client) => client.bundle)]]);
}

function driverTable(drivers: Readonly<Record<string, DriverFigures>>): string {
  const columns = ["bytecode", "sample() while it measures", "sample() with a sample", "the sample itself"];
  return table("Drivers, bytes", columns, Object.entries(drivers).map(([name, { bytecode, allocated }]) => [name, bytecode, allocated?.waiting, allocated?.sample, allocated?.sampleItself]));
}

/** The tables of a result. */
export function show(result: Result): string {
  const { convenient, peers = {}, node, drivers, compare, ...ours } = result;
  return clientTables({ "xs-mqtt": ours, ...(convenient && { convenient }), ...peers }) + (node ? nodeTable(node) : "") + (drivers ? driverTable(drivers) : "")
    + (compare ? clientTables(compare) : "");
}
