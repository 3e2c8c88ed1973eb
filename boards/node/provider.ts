import Resolver from "./dns.js";
import TCP from "./tcp.js";
import TLSSocket from "./tls.js";
import WebSocketClient from "./websocket.js";

const dns = Object.freeze({ io: Resolver });
const tcp = Object.freeze({ io: TCP });
const tls = Object.freeze({ io: TLSSocket, TCP: tcp, secure: Object.freeze({}) });

/** What `device` of ECMA-419's provider offers on Node, in the shape of Moddable's SDK. */
export const device = Object.freeze({
  network: Object.freeze({
    mqtt: Object.freeze({ socket: tcp, dns }),
    mqtts: Object.freeze({ socket: tls, dns }),
    ws: Object.freeze({ io: WebSocketClient, socket: tcp, dns }),
    wss: Object.freeze({ io: WebSocketClient, socket: tls, dns }),
  }),
});
