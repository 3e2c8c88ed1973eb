/** Servers that a device must refuse, and one that it must not. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { createServer as createTLSServer } from "node:tls";
import { Authority, DAY, type Credentials } from "../broker/certificates.js";

/** @returns a certificate in DER. */
export const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----.*-----|\n/g, ""), "base64");

export interface Servers {
  /** Of the authority that the device trusts. */
  readonly authority: Authority;
  readonly ports: Readonly<Record<string, number>>;
  /** What servers got to read without being trusted. */
  readonly leaked: readonly string[];
  stop(): void;
}

/** An alert, close_notify, before there are any keys. */
const earlyAlert = Buffer.from("15030300020100", "hex");

/**
 * Starts them on ports of their own: `foreign` has a certificate of somebody else's authority, `forged` that with the real authority's behind
 * it, `impostor` the right issuer's name as well, `name` is somebody else, `expired` was right, `unsigned` has the right certificate but not its key, `alert` ends the handshake before it has begun.
 */
export async function startServers(): Promise<Servers> {
  const authority = new Authority();
  const foreign = new Authority("somebody else").issue("127.0.0.1");
  const leaked: string[] = [];
  const servers: Record<string, Server> = {
    foreign: secure(foreign, leaked),
    forged: secure({ key: foreign.key, certificate: foreign.certificate + authority.certificate }, leaked),
    impostor: secure(withAuthority(new Authority().issue("127.0.0.1"), authority), leaked),
    name: secure(authority.issue("elsewhere.test"), leaked),
    expired: secure(authority.issueFor({ from: Date.now() - 3 * DAY, until: Date.now() - 2 * DAY }, "127.0.0.1"), leaked),
    unsigned: scripted(unsignedHandshake(derOf(authority.issue("127.0.0.1").certificate)), leaked),
    alert: scripted(earlyAlert, leaked),
  };
  const ports: Record<string, number> = {};
  for (const [name, server] of Object.entries(servers)) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ports[name] = (server.address() as AddressInfo).port;
  }
  return { authority, ports, leaked, stop: () => Object.values(servers).forEach((server) => server.close()) };
}

function withAuthority({ key, certificate }: Credentials, authority: Authority): Credentials {
  return { key, certificate: certificate + authority.certificate };
}

/** Answers the ClientHello by what is given, and notes what comes then. */
function scripted(answer: Buffer, leaked: string[]): Server {
  return createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(answer);
      socket.on("data", (data) => leaked.push(data.toString("latin1")));
    });
  });
}

/** Anybody has the certificate of a server; without its key one can only leave the key exchange unsigned (RFC 5246, 7.4.3: anonymous). */
function unsignedHandshake(certificate: Buffer): Buffer {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const point = publicKey.export({ type: "spki", format: "der" }).subarray(-65);
  return Buffer.concat([
    // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, without session or extensions.
    message(2, Buffer.of(3, 3), randomBytes(32), Buffer.of(0, 0xc0, 0x2b, 0)),
    message(11, length24(certificate.length + 3), length24(certificate.length), certificate),
    message(12, Buffer.of(3, 0, 23, point.length), point, Buffer.of(0, 0, 0, 0)),
    message(14),
  ]);
}

/** One message of a handshake, in a record of its own. */
function message(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(22, 3, 3), length24(body.length + 4).subarray(1), Buffer.of(type), length24(body.length), body]);
}

function length24(length: number): Buffer {
  return Buffer.of(length >> 16, length >> 8, length);
}

/** Takes whoever comes, and notes what he says. */
function secure({ certificate, key }: Credentials, leaked: string[]): Server {
  const server = createTLSServer({ cert: certificate, key }, (socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data: Buffer) => leaked.push(data.toString("latin1")));
  });
  server.on("tlsClientError", () => undefined);
  return server;
}
