/** Request and response (MQTT 5.0, 4.10). */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Client } from "../../src/client/options.js";
import type { ConnectProperties } from "../../src/protocol/codec/property.js";
import { ascii, join } from "../protocol/support/bytes.js";
import type { PeerPacket } from "../protocol/support/peer.js";
import { FakeClock } from "./fake-clock.js";
import { subject } from "./network.js";
import { ScriptedBroker, type ScriptedLink } from "./scripted-broker.js";

interface Request {
  readonly topic: string;
  readonly payload: string;
  readonly responseTopic: string;
  readonly correlationData: Uint8Array;
  readonly qos: unknown;
}

async function connected(t: TestContext, properties = "", asked: ConnectProperties = {}): Promise<{ client: Client; link: ScriptedLink }> {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { properties: asked });
  const link = await broker.welcome({ properties });
  await client.ready();
  return { client, link };
}

/** Grants the subscription to the Response Topic. @returns the filter. */
async function grant(link: ScriptedLink): Promise<string> {
  const packet = await link.nextIs("subscribe");
  link.sendBytes(Uint8Array.of(0x90, 4, 0, Number(packet["messageId"]), 0, 1));
  return (packet["subscriptions"] as readonly { readonly topic: string }[])[0]?.topic ?? "";
}

async function nextRequest(link: ScriptedLink): Promise<Request> {
  const packet: PeerPacket = await link.nextIs("publish");
  const properties = packet["properties"] as { responseTopic: string; correlationData: Uint8Array };
  return { topic: String(packet["topic"]), payload: String(packet["payload"]), qos: packet["qos"], ...properties };
}

/** Answers a request at QoS 0. */
function respond(link: ScriptedLink, request: Request, payload: string, correlationData = request.correlationData): void {
  const properties = join(Uint8Array.of(9, 0, correlationData.length), correlationData);
  const body = join(Uint8Array.of(0, request.responseTopic.length), ascii(request.responseTopic), Uint8Array.of(properties.length), properties, ascii(payload));
  link.sendBytes(join(Uint8Array.of(0x30, body.length), body));
}

test("a request resolves with the response that has its Correlation Data", async (t) => {
  const { client, link } = await connected(t);
  const call = client.request("adder", "1+1", { qos: 0, properties: { contentType: "text" } });
  const filter = await grant(link);
  ok(filter.startsWith("xs-mqtt/response/"));
  const request = await nextRequest(link);
  deepEqual([request.topic, request.payload, request.responseTopic, request.correlationData.length], ["adder", "1+1", filter, 4]);
  respond(link, request, "2");
  const response = await call;
  deepEqual([response.topic, new TextDecoder().decode(response.payload)], [filter, "2"]);
});

test("responses may come in any order, and the topic is subscribed to once", async (t) => {
  const { client, link } = await connected(t);
  const calls = ["a", "b", "c"].map((topic) => client.request(topic, ""));
  await grant(link);
  const requests = [await nextRequest(link), await nextRequest(link), await nextRequest(link)];
  for (const request of [...requests].reverse()) respond(link, request, `for ${request.topic}`);
  deepEqual((await Promise.all(calls)).map(({ payload }) => new TextDecoder().decode(payload)), ["for a", "for b", "for c"]);
  const later = client.request("d", "");
  respond(link, await nextRequest(link), "for d");
  await later;
});

test("a response is a copy: later messages do not change it", async (t) => {
  const { client, link } = await connected(t);
  const calls = [client.request("a", ""), client.request("b", "")];
  await grant(link);
  respond(link, await nextRequest(link), "one");
  respond(link, await nextRequest(link), "two");
  deepEqual((await Promise.all(calls)).map(({ payload }) => new TextDecoder().decode(payload)), ["one", "two"]);
});

test("a response with other Correlation Data is nobody's", async (t) => {
  const { client, link } = await connected(t);
  const call = client.request("a", "");
  await grant(link);
  const request = await nextRequest(link);
  respond(link, request, "wrong", Uint8Array.of(1, 2, 3, 4));
  respond(link, request, "short", Uint8Array.of(1));
  respond(link, request, "right");
  equal(new TextDecoder().decode((await call).payload), "right");
});

test("the broker's Response Information begins the Response Topic", async (t) => {
  const { client, link } = await connected(t, "1A 00 04 'mine'", { requestResponseInformation: 1 });
  const call = client.request("a", "");
  ok((await grant(link)).startsWith("mine/"));
  respond(link, await nextRequest(link), "");
  await call;
});

test("a Response Topic may be given", async (t) => {
  const { client, link } = await connected(t);
  const call = client.request("a", "", { responseTopic: "my/own", qos: 1 });
  equal(await grant(link), "my/own");
  const request = await nextRequest(link);
  deepEqual([request.responseTopic, request.qos], ["my/own", 1]);
  respond(link, request, "");
  link.send("40 02 00 02");
  await call;
});

test("a request that is refused rejects", async (t) => {
  const { client, link } = await connected(t);
  const call = client.request("a", "", { qos: 1 });
  await grant(link);
  await nextRequest(link);
  link.send("40 03 00 02 87");
  await rejects(call, { name: "MqttError", kind: "peer", reasonCode: 0x87 });
});

test("a Response Topic that is refused rejects, and is asked for again", async (t) => {
  const { client, link } = await connected(t);
  const call = client.request("a", "");
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 87");
  await rejects(call, { name: "MqttError", kind: "peer", reasonCode: 0x87 });
  const again = client.request("a", "");
  await grant(link);
  respond(link, await nextRequest(link), "");
  await again;
});

test("3.1.1 has no request", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { version: 4 });
  await broker.welcome({ version: 4 });
  await rejects(client.request("a", ""), { name: "MqttError", kind: "configuration", message: /^request needs MQTT 5\.0/ });
});

test("a request without response is given up after its timeout", async (t) => {
  const clock = new FakeClock(t);
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  clock.advance();
  const link = await broker.welcome();
  await client.ready();
  const call = client.request("a", "", { timeout: 500 });
  const longer = client.request("b", "");
  await grant(link);
  const request = await nextRequest(link);
  clock.advance(499);
  clock.advance(1);
  await rejects(call, { name: "MqttError", kind: "peer", message: /^no response came in time/ });
  // Too late: it is nobody's now.
  respond(link, request, "late");
  respond(link, await nextRequest(link), "in time");
  equal(new TextDecoder().decode((await longer).payload), "in time");
  await client.close();
});

test("a request without connection is given up after its timeout and not sent later", async (t) => {
  const clock = new FakeClock(t);
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const call = client.request("a", "");
  clock.advance(9999);
  const link = await broker.accept();
  await link.nextIs("connect");
  clock.advance(1);
  await rejects(call, { name: "MqttError", kind: "peer", message: /^no response came in time: is there a connection/ });
  link.greet();
  await client.ready();
  await client.publish("b", "");
  equal((await link.nextIs("publish"))["topic"], "b");
  await client.close();
});

test("a request whose Response Topic is granted after its timeout is not sent", async (t) => {
  const clock = new FakeClock(t);
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  clock.advance();
  const link = await broker.welcome();
  await client.ready();
  const call = client.request("a", "");
  const packet = await link.nextIs("subscribe");
  clock.advance(10_000);
  await rejects(call, { name: "MqttError", kind: "peer" });
  link.sendBytes(Uint8Array.of(0x90, 4, 0, Number(packet["messageId"]), 0, 1));
  const later = client.request("b", "");
  const request = await nextRequest(link);
  equal(request.topic, "b");
  respond(link, request, "");
  await later;
  await client.close();
});

test("no more requests wait than the queue has room for, offline too", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { queue: 2, inFlight: 1 });
  const calls = [client.request("a", ""), client.request("a", "")].map((call) => rejects(call, { message: "the client was closed" }));
  await rejects(client.request("a", ""), { name: "MqttError", kind: "resource", message: /^too many requests wait/ });
  await client.close();
  await Promise.all(calls);
});

test("another Response Information than before: the next request has a topic under it, and the old one is given back", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { properties: { requestResponseInformation: 1 } });
  const first = await broker.welcome({ properties: "1A 00 03 'old'" });
  const early = client.request("a", "");
  const old = await grant(first);
  respond(first, await nextRequest(first), "");
  await early;
  first.cut();
  const link = await broker.welcome({ properties: "1A 00 03 'new'", sessionPresent: true });
  await client.ready();
  const later = client.request("b", "");
  const unsubscribe = await link.nextIs("unsubscribe");
  deepEqual(unsubscribe["unsubscriptions"], [old]);
  const filter = await grant(link);
  deepEqual([old.slice(0, 4), filter.slice(0, 4)], ["old/", "new/"]);
  const request = await nextRequest(link);
  equal(request.responseTopic, filter);
  respond(link, request, "");
  await later;
});

test("a timeout of 0 is refused", async (t) => {
  const { client } = await connected(t);
  await rejects(client.request("a", "", { timeout: 0 }), { name: "MqttError", kind: "configuration", message: /^timeout must be a whole number from 1 to/ });
});

test("close rejects what waits for a response", async (t) => {
  const { client, link } = await connected(t);
  const call = client.request("a", "");
  await grant(link);
  await nextRequest(link);
  await client.close();
  await rejects(call, { name: "MqttError", kind: "transport", message: "the client was closed" });
});
