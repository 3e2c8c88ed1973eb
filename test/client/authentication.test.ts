/** Enhanced authentication with SCRAM-SHA-256, against a server that computes it with node:crypto. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { scramSha256 } from "../../boards/node/index.js";
import type { ScramKeys } from "../../src/authentication/scram-sha-256.js";
import { subject } from "./network.js";
import { dataOf, exchange, ScramServer, sendAuth, sendConnack } from "./scram-server.js";
import { ScriptedBroker, type ScriptedLink } from "./scripted-broker.js";

const PASSWORD = "correct horse, battery=staple";
const authenticator = scramSha256({ user: "node-1", password: PASSWORD });

/** The next connection, authenticated as far as the CONNACK. */
async function welcome(broker: ScriptedBroker, server: ScramServer, sessionPresent = false): Promise<ScriptedLink> {
  const link = await broker.accept();
  const proof = await exchange(link, server, await link.nextIs("connect"));
  ok(server.accepted);
  sendConnack(link, proof, sessionPresent);
  return link;
}

test("client and server prove themselves, and nothing but AUTH goes out before the CONNACK (MQTT-3.1.2-30)", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const server = new ScramServer(PASSWORD);
  const { client } = subject(t, broker.url, { authenticator });
  const published = client.publish("a", "x", { qos: 1 });
  const link = await broker.accept();
  const connect = await link.nextIs("connect");
  match(dataOf(connect), /^n,,n=node-1,r=[\w+/]{20}$/);
  equal(connect["username"] ?? connect["password"], undefined);
  const proof = await exchange(link, server, connect);
  ok(server.accepted);
  deepEqual(link.left, []);
  sendConnack(link, proof);
  await link.expect("32 07 00 01 'a' 00 01 00 'x'");
  link.send("40 02 00 01");
  equal(await published, 0);
});

test("each connection is authenticated anew, with another nonce, and keys are derived once", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const server = new ScramServer(PASSWORD);
  const stored: ScramKeys[] = [];
  const { connections } = subject(t, broker.url, { authenticator: scramSha256({ user: "u", password: PASSWORD, onKeys: (keys) => stored.push(keys) }) });
  const nonces: string[] = [];
  for (let i = 0; i < 3; i++) {
    const link = await broker.accept();
    const connect = await link.nextIs("connect");
    nonces.push(dataOf(connect));
    sendConnack(link, await exchange(link, server, connect), i > 0);
    await connections.next();
    link.cut();
  }
  equal(new Set(nonces).size, 3);
  equal(stored.length, 1);
});

test("one authenticator serves two clients at once", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const servers = [new ScramServer(PASSWORD), new ScramServer(PASSWORD)];
  const own = scramSha256({ user: "u", password: PASSWORD });
  const clients = servers.map(() => subject(t, broker.url, { authenticator: own }).client);
  const links = [await broker.accept(), await broker.accept()];
  const connects = await Promise.all(links.map((link) => link.nextIs("connect")));
  for (const [i, link] of links.entries()) {
    const [server, connect] = [servers[i], connects[i]];
    if (server === undefined || connect === undefined) throw new Error("one for each");
    sendConnack(link, await exchange(link, server, connect));
  }
  await Promise.all(clients.map((client) => client.ready()));
});

test("a wrong password: the server's refusal reaches the application, without the password", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const server = new ScramServer("another");
  const { client, disconnections } = subject(t, broker.url, { authenticator, reconnect: false });
  const link = await broker.accept();
  await exchange(link, server, await link.nextIs("connect"));
  ok(!server.accepted);
  link.send("20 03 00 87 00");
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode, final], ["peer", 0x87, true]);
  ok(!error.message.includes("horse"));
  await rejects(client.ready(), error);
});

/** What a server may say in place of its proof, and what is said of it. */
const PROOFS: readonly (readonly [name: string, proof: string | undefined, message: RegExp])[] = [
  ["a proof with another password's key", `v=${"A".repeat(43)}=`, /does not know the password/],
  ["no proof", undefined, /makes no sense/],
  ["an error", "e=other-error", /the server says other-error/],
];
for (const [name, proof, message] of PROOFS)
  test(`a CONNACK with ${name}: DISCONNECT, and nothing that the server said counts`, async (t) => {
    const broker = await ScriptedBroker.start(t);
    const server = new ScramServer(PASSWORD);
    const { client, connections, disconnections } = subject(t, broker.url, { authenticator });
    const first = await welcome(broker, server);
    await connections.next();
    const published = client.publish("a", "x", { qos: 2 });
    await first.nextIs("publish");
    first.cut();
    equal((await disconnections.next()).error.kind, "transport");
    // It has no session, it says: believed, that would be the end of this publication.
    const impostor = await broker.accept();
    await exchange(impostor, server, await impostor.nextIs("connect"));
    sendConnack(impostor, proof);
    await impostor.expect("E0 01 80");
    deepEqual(await impostor.closed(), []);
    const { error, final } = await disconnections.next();
    deepEqual([error.kind, error.reasonCode, final], ["peer", 0x87, false]);
    match(error.message, message);
    ok(!error.message.includes("horse"));
    const second = await broker.accept();
    const connect = await second.nextIs("connect");
    equal(connect["clean"], false);
    sendConnack(second, await exchange(second, server, connect), true);
    equal((await connections.next()).resumed, true);
    deepEqual(connections.left, []);
    await second.expect("3C 07 00 01 'a' 00 01 00 'x'");
    second.send("50 02 00 01");
    await second.expect("62 02 00 01");
    second.send("70 02 00 01");
    equal(await published, 0);
  });

const CHALLENGES: readonly (readonly [name: string, change: (challenge: string) => string | undefined])[] = [
  ["with another nonce", (challenge) => challenge.replace("r=", "r=x")],
  ["with few iterations", (challenge) => challenge.replace("i=4096", "i=1")],
  ["with very many iterations", (challenge) => challenge.replace("i=4096", "i=99999999")],
  ["that is garbage", () => "\u0000\u0001"],
  ["without data", () => undefined],
];
for (const [name, change] of CHALLENGES)
  test(`a challenge ${name} ends in DISCONNECT, without an answer`, async (t) => {
    const broker = await ScriptedBroker.start(t);
    const { disconnections } = subject(t, broker.url, { authenticator, reconnect: false });
    const link = await broker.accept();
    sendAuth(link, 0x18, change(new ScramServer(PASSWORD).challenge(dataOf(await link.nextIs("connect")))));
    await link.expect("E0 01 80");
    // What comes behind the refusal is not looked at.
    sendAuth(link, 0x18, "again");
    deepEqual(await link.closed(), []);
    const { error } = await disconnections.next();
    deepEqual([error.kind, error.reasonCode], ["peer", 0x87]);
    match(error.message, /^SCRAM-SHA-256: /);
  });

test("a CONNACK without any challenge is refused: the server has proved nothing", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url, { authenticator, reconnect: false });
  const link = await broker.accept();
  await link.nextIs("connect");
  sendConnack(link, "v=");
  await link.expect("E0 01 80");
  equal((await disconnections.next()).error.reasonCode, 0x87);
});

test("a server without enhanced authentication is refused: its CONNACK has no method (MQTT-4.12.0-5)", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url, { authenticator, reconnect: false });
  const link = await broker.accept();
  await link.nextIs("connect");
  link.greet();
  await link.expect("E0 01 82");
  equal((await disconnections.next()).error.reasonCode, 0x82);
});

test("a derivation goes on when its connection is lost: the next connection has its keys", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const server = new ScramServer(PASSWORD);
  let begun: () => void = () => undefined;
  const derivation = new Promise<void>((resolve) => (begun = resolve));
  let finish: () => void = () => undefined;
  let derivations = 0;
  const own = scramSha256({
    user: "u", password: PASSWORD,
    pbkdf2: async (password, salt, iterations) => {
      const { pbkdf2Sync } = await import("node:crypto");
      derivations++;
      begun();
      await new Promise<void>((resolve) => (finish = resolve));
      return pbkdf2Sync(password, salt, iterations, 32, "sha256");
    },
  });
  const { client, disconnections } = subject(t, broker.url, { authenticator: own });
  const first = await broker.accept();
  sendAuth(first, 0x18, server.challenge(dataOf(await first.nextIs("connect"))));
  await derivation;
  first.cut();
  await disconnections.next();
  const second = await broker.accept();
  sendAuth(second, 0x18, server.challenge(dataOf(await second.nextIs("connect"))));
  finish();
  sendConnack(second, server.proof(dataOf(await second.nextIs("auth"))));
  await client.ready();
  equal(derivations, 1);
});

test("there is no falling back to MQTT 3.1.1, whatever the server says", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url, { authenticator });
  for (const refusal of [["20 02 00 01"], ["20 03 00 84 00"], []]) {
    const link = await broker.accept();
    equal((await link.nextIs("connect"))["protocolVersion"], 5);
    if (refusal.length > 0) link.send(...refusal);
    link.end();
    await disconnections.next();
  }
});

test("re-authentication: the same exchange on the connection that stands, publications meanwhile", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const server = new ScramServer(PASSWORD);
  const { client, connections, disconnections } = subject(t, broker.url, { authenticator });
  const link = await welcome(broker, server);
  await client.ready();
  for (let i = 0; i < 2; i++) {
    const again = client.reauthenticate();
    const first = await link.nextIs("auth");
    equal(first["reasonCode"], 0x19);
    await client.publish("a", "x");
    await link.expect("30 05 00 01 'a' 00 'x'");
    const proof = await exchange(link, server, first);
    ok(server.accepted);
    sendAuth(link, 0, proof);
    await again;
  }
  equal(connections.left.length, 1);
  deepEqual(disconnections.left, []);
});

test("re-authentication that the server refuses ends the connection: the call says why, and the client comes back", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const server = new ScramServer(PASSWORD);
  const { client, connections, disconnections } = subject(t, broker.url, { authenticator });
  const link = await welcome(broker, server);
  await connections.next();
  const again = client.reauthenticate();
  await exchange(link, server, await link.nextIs("auth"));
  link.send("E0 01 87");
  await rejects(again, { kind: "peer", reasonCode: 0x87 });
  deepEqual(await link.closed(), []);
  equal((await disconnections.next()).final, false);
  await welcome(broker, server);
  await connections.next();
});

test("re-authentication that ends with a wrong proof: DISCONNECT, close, and the call rejects (MQTT-4.12.1-2)", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const server = new ScramServer(PASSWORD);
  const { client, disconnections } = subject(t, broker.url, { authenticator });
  const link = await welcome(broker, server);
  await client.ready();
  const again = client.reauthenticate();
  await exchange(link, server, await link.nextIs("auth"));
  sendAuth(link, 0, "v=AAAA");
  await rejects(again, { kind: "peer", reasonCode: 0x87, message: /does not know the password/ });
  await link.expect("E0 01 80");
  deepEqual(await link.closed(), []);
  equal((await disconnections.next()).error.reasonCode, 0x87);
});
