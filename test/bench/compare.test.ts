import { deepEqual, ok, rejects } from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { collect, type Name } from "./collect.js";

const nothing: ReadonlySet<Name> = new Set<Name>();
let folder = "";

before(async () => void (folder = await mkdtemp(join(tmpdir(), "xs-mqtt-compare-"))));
after(() => rm(folder, { recursive: true }));

async function compare(text: string): Promise<unknown> {
  const file = join(folder, "client.js");
  await writeFile(file, text);
  return await collect({ wanted: nothing, compare: file });
}

test("a file that is no client class is refused, saying why", { timeout: 120_000 }, async () => {
  await rejects(compare("export default 5;"), /client\.js is no MQTT client class.*exports no class/);
  await rejects(compare("export default class { write() {} }"), /no method read/);
  await rejects(compare("export default class {"), /cannot compile/);
  await rejects(compare("export default class { write() {} read() {} close() {} }"), /ended before/);
});

/** Knows CONNECT and QoS 0, and no more than that. */
const small = `
import Timer from "timer";
export default class {
  constructor(options) {
    this.options = options;
    const { io, ...rest } = options.socket;
    this.socket = new io({ ...rest, address: options.host, port: options.port, onReadable: (count) => this.onReadable(count), onWritable: () => this.onWritable() });
  }
  onWritable() {
    if (this.greeted) return;
    this.greeted = true;
    this.socket.write(Uint8Array.of(0x10, 13, 0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, 1, 120));
  }
  onReadable(count) {
    this.socket.read(count);
    this.options.onControl.call(this, 2, { operation: 2 });
  }
  write(data, { topic, QoS = 0, byteLength = data.byteLength } = {}) {
    if (QoS !== 0 || topic === undefined || byteLength > 100) throw new Error("not implemented");
    const name = new Uint8Array(ArrayBuffer.fromString(topic));
    this.socket.write(Uint8Array.of(0x30, 2 + name.length + byteLength, 0, name.length));
    this.socket.write(name);
    return this.socket.write(data);
  }
  read() {}
  close() {}
}`;

test("what a class cannot do is absent, not 0", { timeout: 120_000 }, async () => {
  const result = (await compare(small)) as { compare: Record<string, Record<string, object>> };
  const figures = result.compare["client.js"];
  ok(figures?.["ram"] && figures["publish0"]);
  deepEqual(["receive0", "publish1", "stream", "wake"].map((name) => figures[name]), [undefined, undefined, undefined, undefined]);
  ok(Object.values(figures["absent"] ?? {}).includes("simulator: device: unhandled exception: Error: not implemented"));
});
