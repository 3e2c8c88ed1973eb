/** Connects with TLS to one server after another, and tells over a plain connection what came of it. */
import config from "mc/config";
import { connect } from "xs-mqtt";
import "xs-mqtt/network";
import tls from "xs-mqtt/tls";

const { dns } = globalThis.device.network.mqtt;
const teller = connect(config.broker, { id: "teller", queue: 32 });
const servers = Object.entries(config.servers);

function next() {
  const server = servers.shift();
  if (server === undefined) return;
  const [name, port] = server;
  const told = (text) => {
    void teller.publish(`tls/${name}`, text, { qos: 1 });
    void client.close().then(next);
  };
  const client = connect({ host: "127.0.0.1", port, socket: tls, dns, id: name, password: "secret", connectTimeout: 20_000 }, {
    onConnected: () => told("connected"),
    onDisconnected: (error, final) => {
      if (!final) told(`${error.reasonCode} ${error.message}`);
    },
  });
}

next();
