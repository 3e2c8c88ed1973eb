import Resolver from "./dns.js";
import TCP from "./tcp.js";
import TLSSocket from "./tls.js";

/** What `device` of ECMA-419's provider offers on Node, in the shape of Moddable's SDK. */
export const device = Object.freeze({
  network: Object.freeze({
    mqtt: Object.freeze({ socket: Object.freeze({ io: TCP }), dns: Object.freeze({ io: Resolver }) }),
    mqtts: Object.freeze({
      socket: Object.freeze({ io: TLSSocket, TCP: Object.freeze({ io: TCP }), secure: Object.freeze({}) }),
      dns: Object.freeze({ io: Resolver }),
    }),
  }),
});
