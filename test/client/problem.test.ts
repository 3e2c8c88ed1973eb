/** What the broker adds to its refusals reaches the application: Reason String, User Properties, Server Reference. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { subject } from "./network.js";
import { ScriptedBroker } from "./scripted-broker.js";

const WHY = "1F 00 03 'why'";
const problem = { reasonString: "why" };

test("a publication's PUBACK", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const call = client.publish("a", "", { qos: 1 });
  await link.nextIs("publish");
  link.send("40 0F 00 01 97 0B", WHY, "26 00 00 00 00");
  await rejects(call, {
    kind: "peer", reasonCode: 0x97, message: "the broker refused the publication: Quota exceeded (0x97): why", properties: { ...problem, userProperty: [["", ""]] },
  });
});

test("a PUBACK without properties has none", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const call = client.publish("a", "", { qos: 1 });
  await link.nextIs("publish");
  link.send("40 03 00 01 97");
  await rejects(call, (error: Error) => error.message.endsWith("Quota exceeded (0x97)") && !("properties" in error));
});

test("a publication's PUBREC", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const call = client.publish("a", "", { qos: 2 });
  await link.nextIs("publish");
  link.send("50 0A 00 01 87 06", WHY);
  await rejects(call, { reasonCode: 0x87, message: "the broker refused the publication: Not authorized (0x87): why", properties: problem });
});

test("a prepared topic's onSettled gets the Reason Code all the same", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  const settled = new Promise((resolve) => void client.topic("a", { qos: 1, onSettled: resolve }).publish(new Uint8Array(1)));
  await link.nextIs("publish");
  link.send("40 0A 00 01 97 06", WHY);
  equal(await settled, 0x97);
});

test("SUBACK and UNSUBACK", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const call = client.subscribe("a", () => undefined);
  await link.nextIs("subscribe");
  link.send("90 0A 00 01 06", WHY, "00");
  await call;
  const refused = client.subscribe("b", () => undefined);
  await link.nextIs("subscribe");
  link.send("90 0A 00 02 06", WHY, "8F");
  await rejects(refused, { message: 'the broker refused to subscribe "b": Topic Filter invalid (0x8f): why', properties: problem });
  const farewell = client.unsubscribe("a", { properties: { userProperty: [["n", "v"]] } });
  await link.expect("A2 0D 00 03 07 26 00 01 'n' 00 01 'v' 00 01 'a'");
  link.send("B0 0A 00 03 06", WHY, "87");
  await rejects(farewell, { message: 'the broker refused to unsubscribe "a": Not authorized (0x87): why', properties: problem });
});

test("a CONNACK that sends the client elsewhere", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url);
  const link = await broker.accept();
  await link.nextIs("connect");
  link.send("20 11 00 9C 0E 1C 00 0B 'other:18830'");
  const { error } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode, error.properties?.serverReference, error.message],
    ["peer", 0x9c, "other:18830", "the broker refused the connection: Use another server (0x9c)"]);
});

test("a DISCONNECT that says the server has moved", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  link.send("E0 10 9D 0E", WHY, "1C 00 05 'other'");
  const { error } = await disconnections.next();
  deepEqual([error.reasonCode, error.properties, error.message],
    [0x9d, { reasonString: "why", serverReference: "other" }, "the broker disconnected: Server moved (0x9d): why"]);
});

test("what unsubscribe does not know is refused", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  await rejects(client.unsubscribe("a", { qos: 1 } as object), { kind: "configuration", message: 'the option "qos" must be one of properties' });
});
