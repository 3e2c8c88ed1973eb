import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTLSServer } from "node:tls";
import { Aedes } from "aedes";
import { createWebSocketStream, WebSocketServer } from "ws";
import type { Listener, Running } from "./listeners.js";

/** Starts aedes behind all listeners. */
export async function startAedes(listeners: ReadonlyMap<string, Listener>): Promise<Running> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const ports = new Map<string, number>();
  for (const [key, listener] of listeners) {
    const server = serve(aedes, listener);
    servers.push(server);
    server.on("connection", (socket: Socket) => sockets.add(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ports.set(key, (server.address() as AddressInfo).port);
  }
  return {
    ports,
    async stop() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}

function serve(aedes: Aedes, { webSocket, credentials }: Listener): Server {
  const options = credentials && { cert: credentials.certificate, key: credentials.key };
  if (!webSocket) {
    if (options === undefined) return createServer((socket) => aedes.handle(socket));
    return createTLSServer(options, (socket) => aedes.handle(socket));
  }
  const server = options === undefined ? createHttpServer() : createHttpsServer(options);
  new WebSocketServer({ server, handleProtocols: () => "mqtt" }).on("connection", (socket, request) => aedes.handle(createWebSocketStream(socket), request));
  return server;
}
