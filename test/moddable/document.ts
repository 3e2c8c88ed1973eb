/** docs/device.md. */
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import type { Linked } from "./build.js";

export const documentPath = join(projectRoot, "docs/device.md");

const number = (value: number): string => value.toLocaleString("en-US");

/** @param proved - a sentence for each program that ran. */
export function render(sdk: string, broker: string, linked: readonly Linked[], proved: readonly string[]): string {
  return `# On the device: what is proved, and how

\`npm run test:moddable\` writes this page when all of it passes. **No physical board was measured**: nothing here tells of radio, of flash
or of timing on a chip.

Moddable SDK ${sdk}, mosquitto ${broker}.

## Ran in Moddable's simulator
Built by mcconfig for \`lin\`, run by mcsim on a screen that nobody sees, against a local broker, with MQTT.js as the other side. The SDK's
examples are unmodified but for one line in the manifest, and a network in which every name is that broker.

${proved.map((sentence) => `- ${sentence};`).join("\n").replace(/;$/, ".")}

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
