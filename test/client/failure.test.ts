/** Brokers that are none, are not there, or do not want us: what the user is told. */
import { deepEqual, equal, match } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { freePort } from "../../boards/simulator/tools/free-port.js";
import { listenTLS } from "../boards/node/peer.js";
import { Authority } from "../broker/certificates.js";
import { subject } from "./network.js";
import { ScriptedBroker } from "./scripted-broker.js";

test("an HTTP server on the port", async (t) => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { disconnections } = subject(t, `mqtt://127.0.0.1:${port}`, { version: 5, reconnect: false });
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, final], ["transport", true]);
  match(error.message, new RegExp(`^is it an MQTT broker, .* No CONNACK came from 127\\.0\\.0\\.1:${port}: `));
});

test("garbage instead of a CONNACK", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url, { version: 5, reconnect: false });
  const link = await broker.accept();
  await link.nextIs("connect");
  link.send("FF FF FF FF FF FF");
  const { error } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode], ["peer", 0x81]);
  match(error.message, /^the broker sent a wrong .*Malformed Packet \(0x81\)/);
  // Its mistake is named before the connection ends.
  await link.expect("E0 01 81");
});

test("a packet before the CONNACK", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url, { version: 5, reconnect: false });
  const link = await broker.accept();
  await link.nextIs("connect");
  link.send("D0 00");
  const { error } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode], ["peer", 0x82]);
});

test("a wrong password", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url, { reconnect: false, user: "u", password: "p" });
  const link = await broker.accept();
  const connect = await link.nextIs("connect");
  deepEqual([connect["username"], String(connect["password"])], ["u", "p"]);
  // Reason String "no".
  link.send("20 08 00 86 05 1F 00 02 'no'");
  const { error } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode], ["peer", 0x86]);
  equal(error.message, "the broker refused the connection: Bad User Name or Password (0x86): no");
});

test("a broker that sends us away tells why", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  link.send("E0 02 8E 00");
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode, final], ["peer", 0x8e, false]);
  equal(error.message, "the broker disconnected: Session taken over (0x8e)");
});

test("a connection that is lost", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  link.end();
  const { error } = await disconnections.next();
  equal(error.kind, "transport");
  match(error.message, /^lost the connection to 127\.0\.0\.1:\d+: the peer closed the connection$/);
});

test("nobody on the port", async (t) => {
  const port = await freePort();
  const { disconnections } = subject(t, `mqtt://127.0.0.1:${port}`, { reconnect: false });
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, final], ["transport", true]);
  match(error.message, new RegExp(`^cannot connect to 127\\.0\\.0\\.1:${port}: .*ECONNREFUSED`));
});

test("a broker with a certificate of somebody else's authority: it is said, and asked again after the longest delays only", async (t) => {
  const { certificate: cert, key } = new Authority().issue("localhost", "127.0.0.1");
  const { port } = await listenTLS(t, { cert, key });
  const { disconnections } = subject(t, `mqtts://127.0.0.1:${port}`, { reconnect: false });
  const { error } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode], ["transport", 0x87]);
  match(error.message, /^cannot connect to 127\.0\.0\.1:\d+: the certificate of 127\.0\.0\.1 is from an authority that is not trusted here/);
});

test("a name that does not exist", async (t) => {
  const { disconnections } = subject(t, "mqtt://no-such-host.invalid", { reconnect: false });
  const { error } = await disconnections.next();
  equal(error.kind, "transport");
  match(error.message, /^check the name and the network: no address found for no-such-host\.invalid:1883: ./);
});

test("a CONNECT that only 3.1.1 cannot carry: the option is named, and version 5 is tried again", async (t) => {
  const broker = await ScriptedBroker.start(t);
  // A password without user: MQTT 5.0 only.
  const { client, disconnections } = subject(t, broker.url, { password: "p" });
  const link = await broker.accept();
  await link.nextIs("connect");
  link.send("20 02 00 01");
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, final], ["configuration", false]);
  match(error.message, /^password must be accompanied by user in MQTT 3\.1\.1/);
  // The refusal may have come from somebody else.
  await broker.accept();
  await broker.welcome({ version: 5 });
  equal((await client.ready()).version, 5);
});

test("a topic that does not fit the receive buffer ends the connection with Packet too large", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url, { receiveBuffer: 64 });
  const link = await broker.welcome();
  await client.ready();
  link.send("30 68 00 64", `'${"t".repeat(100)}'`, "00 'x'");
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode, final], ["peer", 0x95, false]);
  await link.expect("E0 01 95");
});
