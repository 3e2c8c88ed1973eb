import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { createServer as createTLSServer, type TLSSocket, type TlsOptions } from "node:tls";

/** A server of the test's own; it ends with the test. */
export interface Peer<S extends Socket = Socket> {
  readonly port: number;
  /** The next connection. */
  accept(): Promise<S>;
}

/** Starts a TCP server on a free port of the loopback interface. */
export function listen(test: TestContext): Promise<Peer> {
  return serve(test, createServer(), "connection");
}

/** The same with TLS; connections are accepted after the handshake. */
export function listenTLS(test: TestContext, options: TlsOptions): Promise<Peer<TLSSocket>> {
  return serve<TLSSocket>(test, createTLSServer(options), "secureConnection");
}

async function serve<S extends Socket>(test: TestContext, server: Server, event: "connection" | "secureConnection"): Promise<Peer<S>> {
  const waiting: S[] = [];
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.on(event, (socket: S) => {
    socket.on("error", () => undefined);
    waiting.push(socket);
    server.emit("accepted");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  test.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    async accept() {
      for (;;) {
        const socket = waiting.shift();
        if (socket) return socket;
        await once(server, "accepted");
      }
    },
  };
}

/** Reads exactly `count` bytes from a connection. */
export async function receive(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const data = socket.read(count) as Buffer | null;
    if (data) return data;
    await once(socket, "readable");
  }
}
