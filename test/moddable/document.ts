/** docs/device.md. */
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import type { Linked } from "./build.js";
import type { Figures } from "./figures.js";

export const documentPath = join(projectRoot, "docs/device.md");

const number = (value: number): string => value.toLocaleString("en-US");

const rows: readonly (readonly [string, (of: Figures) => number])[] = [
  ["The program before it connects: slots, bytes", ({ before }) => before.slots],
  ["chunks, bytes", ({ before }) => before.chunks],
  ["The client, connected and idle: slots, bytes", ({ client }) => client.slots],
  ["chunks, bytes", ({ client }) => client.chunks],
  ["A message of QoS 0 there and back: bytes allocated", ({ load }) => load[0].bytes],
  ["such messages a second", ({ load }) => load[0].perSecond],
  ["A message of QoS 1 there and back: bytes allocated", ({ load }) => load[1].bytes],
  ["such messages a second", ({ load }) => load[1].perSecond],
];

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function table(figures: readonly Figures[]): string {
  return [
    row(["", ...figures.map(({ simulator }) => simulator)]),
    `|${"---|".repeat(figures.length + 1)}`,
    ...rows.map(([name, of]) => row([name, ...figures.map((each) => number(of(each)))])),
  ].join("\n");
}

/** @param proved - a sentence for each program that ran. */
export function render(sdk: string, broker: string, linked: readonly Linked[], proved: readonly string[], figures: readonly Figures[]): string {
  return `# On the device: what is proved, and how

\`npm run test:moddable\` writes this page when all of it passes. **No physical board was measured**: nothing here tells of radio, of flash
or of timing on a chip.

Moddable SDK ${sdk}, mosquitto ${broker}.

## Ran in Moddable's simulator
Built by mcconfig for \`lin\`, run by mcsim on a screen that nobody sees, against a local broker, with MQTT.js as the other side. The SDK's
examples are unmodified but for one line in the manifest, and a network in which every name is that broker.

${proved.map((sentence) => `- ${sentence};`).join("\n").replace(/;$/, ".")}

## The same program in Moddable's simulator and in ours
It connects with the default options, then publishes 64 bytes 8 at a time to a topic that it has subscribed to, through a local broker
(\`test/moddable/figures\`).

${table(figures)}

Memory can be compared: Moddable's simulator has pointers of 64 bits, and the run fails where the client takes another amount in ours with
such pointers. With 32, as a chip has, ours is built where the computer has a libc for them. What the program holds before it connects, and
a part of what a message allocates, is the host's: modules, sockets and timers of its own.

Speed cannot. The SDK's socket for Linux (8.2.3) looks for data every 20 ms, so that 8 messages at a time make 400 a second at most, whatever
the client does. Our simulator counts steps and checks bounds, which takes time. Neither tells how fast a chip is, and both depend on what
else the computer does.

## Compiled and linked only
The JavaScript of every board was compiled by xsc and linked by xsl for the ESP32, with preload and strip, as the build for the chip does
before the C compiler. That needs no ESP-IDF: the C code was not compiled, and no image was made.

| Board | Bytecode in all | Ours | Preloaded slots in flash | Aliases |
|---|---|---|---|---|
${linked.map((row) => `| \`${row.board}\` | ${number(row.bytecode)} bytes | ${number(row.own)} bytes | ${number(row.preloaded)} | ${row.aliases} |`).join("\n")}

Ours are the firmware, its network and its \`main\`. Preloaded slots take 16 bytes of flash each and no RAM. An alias is an object in flash
that may still be changed, the SDK's own among them: it takes a pointer of 4 bytes in RAM.
Every module of ours but \`main\`, which starts the node, is preloaded; the run fails where one cannot be.
\`esp32c3-transports\` is the firmware with TLS and WebSocket, a part of a build whose broker asks for them.

## Flash
Moddable's simulator for Linux has none: the firmware says so once and keeps session and readings in memory. For each board mcconfig has
made a table of partitions with \`storage\`, 64 KiB of the program's, which the firmware opens by \`embedded:storage/flash\` on a chip; the run
fails where it has not. The journal on it is tested in our simulator ([storage.md](storage.md)).

## Not tried, or not yet so
- Flash, Wi-Fi, Ethernet and SNTP on a chip: these are tested with stand-ins only (\`test/node/network.test.ts\`, \`test/storage\`), and linked here.
- TLS in the memory of a chip, and how long its handshake takes there. The SDK calculates P-256 and RSA in software.
- A certificate of the device's own, for brokers that ask for one, and keys of RSA: these were tried by hand in Moddable's simulator, not by this run.
- Our own simulator has WebSocket, but no TLS.
- Names: the resolver of Moddable's simulator for Linux takes the first address only, which for \`localhost\` may be of IPv6. Programs here use 127.0.0.1.
`;
}
