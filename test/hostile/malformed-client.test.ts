/** What an application sees of malformed packets, over a real socket: one client meets them all, comes back each time and loses nothing. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { subject } from "../client/network.js";
import { ScriptedBroker } from "../client/scripted-broker.js";
import type { ConnectOptions } from "../../src/client/options.js";
import { malformed311 } from "./malformed-3-1-1.js";
import { malformedConnack } from "./malformed-connack.js";
import { malformed, type Groups, type Malformed } from "./malformed-packets.js";

/** The receive buffer that the rows are written for. */
const RECEIVE_BUFFER = 128;

const ofGroups = (groups: Groups, ...names: readonly string[]): Malformed[] => names.flatMap((name) => groups[name] ?? []);

/** Rows that do not ask for identifiers of the client. */
const rows = ofGroups(malformed, "fixed headers", "PUBLISH", "text that is no UTF-8", "properties").filter(({ after }) => after?.length === 0);

/** Rows by the properties that the client has to announce for them. */
const announcing = (properties: ConnectOptions["properties"]): Malformed[] =>
  rows.filter(({ options }) => JSON.stringify(options?.properties) === JSON.stringify(properties));

const clients: readonly (readonly [name: string, version: 4 | 5, properties: ConnectOptions["properties"], rows: readonly Malformed[]])[] = [
  ["in MQTT 5.0", 5, undefined, announcing(undefined)],
  ["in MQTT 5.0 with Topic Aliases", 5, { topicAliasMaximum: 2 }, announcing({ topicAliasMaximum: 2 })],
  ["in MQTT 5.0 with a Maximum Packet Size", 5, { maximumPacketSize: 20 }, announcing({ maximumPacketSize: 20 })],
  ["in MQTT 3.1.1", 4, undefined, ofGroups(malformed311, "packets").filter(({ what }) => !/ACK|PUBREC|PUBCOMP/.test(what))],
];

for (const [name, version, properties, list] of clients)
  test(`${list.length} malformed packets ${name}: DISCONNECT, close, onDisconnected, and the publication in flight arrives on the next connection`, async (t) => {
    const broker = await ScriptedBroker.start(t);
    const { client, disconnections, errors } = subject(t, broker.url, { version, clean: version === 5, receiveBuffer: RECEIVE_BUFFER, ...(properties && { properties }) });
    let link = await broker.welcome({ version });
    for (const { what, packet, code } of list) {
      const published = client.publish("a", "x", { qos: 1 });
      const { messageId } = await link.nextIs("publish");
      link.send(packet);
      const { error, final } = await disconnections.next();
      deepEqual([what, error.kind, error.reasonCode, final], [what, "peer", parseInt(code, 16), false]);
      if (version === 5) await link.expect("E0 01", code);
      deepEqual([what, await link.closed()], [what, []]);
      link = await broker.accept();
      // What does not fit would come again with its session: that one is given up.
      const sessionPresent = code !== "95";
      equal((await link.nextIs("connect"))["clean"], !sessionPresent);
      link.greet({ version, sessionPresent });
      const again = await link.nextIs("publish");
      deepEqual([what, again["topic"], again["dup"], !sessionPresent || again["messageId"] === messageId], [what, "a", sessionPresent, true]);
      const identifier = Number(again["messageId"]);
      link.sendBytes(Uint8Array.of(0x40, 2, identifier >> 8, identifier));
      equal(await published, 0);
    }
    deepEqual(errors.left, []);
    deepEqual(link.left, []);
  });

test("malformed CONNACKs, other packets in their place and other protocols: the next attempt is made each time", async (t) => {
  const list = ofGroups(malformedConnack, "other packets and other protocols", "CONNACK");
  const broker = await ScriptedBroker.start(t);
  const { client, connections, disconnections, errors } = subject(t, broker.url, { version: 5, receiveBuffer: RECEIVE_BUFFER });
  const published = client.publish("a", "x", { qos: 1 });
  for (const { what, packet, code } of list) {
    const link = await broker.accept();
    await link.nextIs("connect");
    link.send(packet);
    const { error, final } = await disconnections.next();
    deepEqual([what, error.kind, error.reasonCode, final], [what, "peer", parseInt(code, 16), false]);
    await link.expect("E0 01", code);
    deepEqual(await link.closed(), []);
  }
  const link = await broker.welcome();
  await link.expect("32 07 00 01 'a' 00 01 00 'x'");
  link.send("40 02 00 01");
  equal(await published, 0);
  deepEqual([connections.left.length, errors.left, link.left], [1, [], []]);
});
