import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import type { Broker, BrokerOptions } from "./broker.js";

/** Starts the embedded broker, in this process. See {@link BrokerOptions} for what it does not offer. */
export async function startAedes(options: BrokerOptions): Promise<Broker> {
  const unsupported = (["persistence", "tls", "settings"] as const).find((name) => options[name] !== undefined);
  if (unsupported !== undefined) throw new Error(`The embedded broker has no option ${unsupported}; use kind "mosquitto".`);
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const aedes = await Aedes.createBroker();
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    aedes.handle(socket);
  });

  let ended: Promise<void> | undefined;
  const end = (): Promise<void> =>
    (ended ??= Promise.all([
      new Promise((resolve) => server.close(resolve)),
      new Promise<void>((resolve) => aedes.close(resolve)),
    ]).then(() => undefined));
  return {
    name: "aedes",
    // The type declarations of aedes 1.2 leave this property out.
    version: "version" in aedes && typeof aedes.version === "string" ? aedes.version : "unknown",
    port,
    url: `mqtt://127.0.0.1:${port}`,
    lost: new Promise(() => undefined),
    stop: end,
    kill: () => {
      for (const socket of connections) socket.resetAndDestroy();
      return end();
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address.port);
    });
  });
}
