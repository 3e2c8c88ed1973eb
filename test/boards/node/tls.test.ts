import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import type { TlsOptions, TLSSocket as PeerSocket } from "node:tls";
import TLSSocket, { type TLSOptions } from "../../../boards/node/tls.js";
import TCP from "../../../boards/node/tcp.js";
import { Authority, DAY, today, type Credentials } from "../../broker/certificates.js";
import { listenTLS, receive, type Peer } from "./peer.js";
import { Probe } from "./probe.js";

const authority = new Authority();
const server = authority.issue("broker.test", "127.0.0.1");

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----.*-----|\n/g, ""), "base64");

function serve(context: TestContext, options: TlsOptions = {}): Promise<Peer<PeerSocket>> {
  return listenTLS(context, { cert: server.certificate, key: server.key, ...options });
}

function open(context: TestContext, options: Omit<TLSOptions, "address">): Probe {
  const probe = new Probe();
  const socket = probe.inside(() => new TLSSocket({ address: "127.0.0.1", ...options, ...probe.callbacks }));
  probe.instances.add(socket);
  context.after(() => socket.close());
  return probe;
}

async function failure(probe: Probe): Promise<string> {
  const call = await probe.next();
  assert.ok(call.name === "error");
  return call.message;
}

test("bytes go both ways with the SDK's option object, and the first onWritable comes after the handshake", async (context) => {
  const peers = await serve(context);
  const probe = open(context, {
    port: peers.port,
    host: "broker.test",
    nodelay: true,
    secure: { certificate: derOf(authority.certificate) },
    ...{ io: TLSSocket, TCP: { io: TCP } },
  });
  assert.equal((await probe.next()).name, "writable");
  const peer = await peers.accept();
  const [socket] = probe.instances;
  assert.ok(socket);
  socket.write(new TextEncoder().encode("ping"));
  assert.equal((await receive(peer, 4)).toString(), "ping");
  peer.write("pong");
  assert.deepEqual(await probe.next(), { name: "writable", count: 16_384 });
  assert.deepEqual(await probe.next(), { name: "readable", count: 4 });
  assert.deepEqual(socket.read(), Uint8Array.from(Buffer.from("pong")).buffer);
  peer.end();
  assert.equal(await failure(probe), "the peer closed the connection");
});

test("an address is verified as such when no name is given", async (context) => {
  const peers = await serve(context);
  const probe = open(context, { port: peers.port, secure: { certificate: authority.certificate } });
  assert.equal((await probe.next()).name, "writable");
});

test("a server with another name is refused", async (context) => {
  const peers = await serve(context);
  const secure = { certificate: authority.certificate };
  assert.match(await failure(open(context, { port: peers.port, host: "other.test", secure })), /^the certificate is for broker\.test, 127\.0\.0\.1, not for other\.test: connect .* or give that as the option secure\.serverName$/);
  // The name asked for goes before the host, and the specification's spelling is understood.
  assert.match(await failure(open(context, { port: peers.port, host: "broker.test", secure: { ...secure, serverName: "other.test" } })), /other\.test/);
  assert.match(await failure(open(context, { port: peers.port, host: "broker.test", tls: { ca: authority.certificate, host: "other.test" } })), /other\.test/);
});

test("a server without a certificate from the authority is refused with advice, unless verify is false", async (context) => {
  const peers = await serve(context);
  const foreign = new Authority("somebody else").certificate;
  const advice = /^the certificate of broker\.test is from an authority that is not trusted here \("xs-mqtt test authority"\): give .* as the option secure\.certificate$/;
  assert.match(await failure(open(context, { port: peers.port, host: "broker.test" })), advice);
  assert.match(await failure(open(context, { port: peers.port, host: "broker.test", secure: { certificate: foreign } })), advice);
  const careless = open(context, { port: peers.port, host: "other.test", secure: { verify: false } });
  assert.equal((await careless.next()).name, "writable");
});

test("a server with a certificate that is signed by nobody else is refused with advice", async (context) => {
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const alone = new Authority("broker.test", today(), key);
  const peers = await listenTLS(context, { cert: alone.certificate, key: key.privateKey.export({ type: "pkcs8", format: "pem" }) });
  assert.match(await failure(open(context, { port: peers.port, host: "broker.test" })), /^the certificate of broker\.test is signed by nobody else: .* secure\.certificate$/);
});

const now = Date.now();
const seconds = (time: number): string => new Date(time).toISOString().replace(/\.\d+/, "");
const past = { from: now - 2 * DAY, until: now - DAY };
const future = { from: now + DAY, until: now + 2 * DAY };
const untimely: readonly (readonly [string, Authority, Credentials, string])[] = [
  ["that has expired", authority, authority.issueFor(past, "broker.test"), `expired on ${seconds(past.until)}: it has to be renewed, unless`],
  ["that is not valid yet", authority, authority.issueFor(future, "broker.test"), `is valid from ${seconds(future.from)} on: wait, unless`],
  ...([[past, "has expired: it has to be renewed"], [future, "is not valid yet: wait"]] as const).map(([validity, words]) => {
    const other = new Authority("another", validity);
    return [`whose authority ${words}`, other, other.issue("broker.test"), `rests on one of an authority that ${words}, unless`] as const;
  }),
];
for (const [what, issuer, { certificate: cert, key }, words] of untimely)
  test(`a server with a certificate ${what} is refused with both times`, async (context) => {
    const peers = await listenTLS(context, { cert, key });
    const message = await failure(open(context, { port: peers.port, host: "broker.test", secure: { certificate: issuer.certificate } }));
    assert.ok(message.startsWith(`the certificate of broker.test ${words} the clock here, ${seconds(now).slice(0, 10)}`), message);
  });

test("versions before TLS 1.2 are refused", async (context) => {
  const peers = await serve(context, { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
  assert.match(await failure(open(context, { port: peers.port, host: "broker.test", secure: { certificate: authority.certificate } })), /protocol/i);
});

test("minimumVersion and maximumVersion choose the version", async (context) => {
  const peers = await serve(context);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const secure = { certificate: authority.certificate, minimumVersion: version, maximumVersion: version };
    const probe = open(context, { port: peers.port, host: "broker.test", secure });
    assert.equal((await probe.next()).name, "writable");
    assert.equal((await peers.accept()).getProtocol(), version);
  }
  assert.throws(() => new TLSSocket({ address: "127.0.0.1", port: 1, secure: { minimumVersion: "TLSv1.1" as never } }), /minimumVersion/);
});

test("a client certificate is shown, in PEM or DER", async (context) => {
  const peers = await serve(context, { ca: authority.certificate, requestCert: true });
  const client = authority.issue("kitchen");
  const credentials = [
    { clientCertificates: [derOf(client.certificate)], clientKey: derOf(client.key) },
    { clientCertificate: client.certificate, clientKey: Buffer.from(client.key) },
  ];
  for (const own of credentials) {
    open(context, { port: peers.port, host: "broker.test", secure: { certificate: authority.certificate, ...own } });
    const peer = await peers.accept();
    assert.equal(peer.getPeerCertificate().subject.CN, "kitchen");
  }
});

test("a DER certificate that fills its last line of PEM is understood", () => {
  let client = authority.issue("a");
  for (let length = 2; derOf(client.certificate).length % 48 !== 0; length = (length % 50) + 1) client = authority.issue("a".repeat(length));
  const secure = { clientCertificates: [derOf(client.certificate)], clientKey: derOf(client.key) };
  new TLSSocket({ address: "127.0.0.1", port: 1, secure }).close();
});

test("an application protocol is negotiated", async (context) => {
  const peers = await serve(context, { ALPNProtocols: ["mqtt"] });
  open(context, { port: peers.port, host: "broker.test", secure: { certificate: authority.certificate, applicationLayerProtocolNegotiation: "mqtt" } });
  assert.equal((await peers.accept()).alpnProtocol, "mqtt");
});

test("writes of one turn share a record", async (context) => {
  const peers = await serve(context);
  const probe = open(context, { port: peers.port, host: "broker.test", secure: { certificate: authority.certificate } });
  assert.equal((await probe.next()).name, "writable");
  const peer = await peers.accept();
  const [socket] = probe.instances;
  socket?.write(new Uint8Array(5));
  socket?.write(new Uint8Array(50));
  const [data] = (await once(peer, "data")) as [Buffer];
  assert.equal(data.length, 55);
});

test("bad credentials and bad options throw at once", () => {
  const options = { address: "127.0.0.1", port: 1 };
  assert.throws(() => Reflect.construct(TLSSocket, []) as unknown, TypeError);
  assert.throws(() => new TLSSocket({ ...options, secure: { certificate: 1 as never } }), /option certificate/);
  assert.throws(() => new TLSSocket({ ...options, secure: { clientKey: "no key" } }));
});
