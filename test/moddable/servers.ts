/** Servers that a device must refuse, and one that it must not. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { createServer as createTLSServer } from "node:tls";
import { Authority, DAY, type Credentials } from "../broker/certificates.js";

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
 * it, `name` is somebody else, `expired` was right, `alert` ends the handshake before it has begun.
 */
export async function startServers(): Promise<Servers> {
  const authority = new Authority();
  const foreign = new Authority("somebody else").issue("127.0.0.1");
  const leaked: string[] = [];
  const servers: Record<string, Server> = {
    foreign: secure(foreign, leaked),
    forged: secure({ key: foreign.key, certificate: foreign.certificate + authority.certificate }, leaked),
    // The issuer's name is the real one, too.
    impostor: secure(withAuthority(new Authority().issue("127.0.0.1"), authority), leaked),
    name: secure(authority.issue("elsewhere.test"), leaked),
    expired: secure(authority.issueFor({ from: Date.now() - 3 * DAY, until: Date.now() - 2 * DAY }, "127.0.0.1"), leaked),
    alert: createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(earlyAlert);
        socket.on("data", (data) => leaked.push(data.toString("latin1")));
      });
    }),
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

/** Takes whoever comes, and notes what he says. */
function secure({ certificate, key }: Credentials, leaked: string[]): Server {
  const server = createTLSServer({ cert: certificate, key }, (socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data: Buffer) => leaked.push(data.toString("latin1")));
  });
  server.on("tlsClientError", () => undefined);
  return server;
}
