/** Gives the global `device` its network. Done when the program is built, this costs no RAM. */
import "system";
import TCP from "embedded:io/socket/tcp";
import tls from "xs-mqtt/tls";
import { io as WebSocketClient } from "xs-mqtt/web-socket";
import type { Device } from "../../src/node/host.js";
import { HostResolver } from "./resolver.js";

declare global {
  var device: Device | undefined;
}

const tcp = Object.freeze({ io: TCP });
const dns = Object.freeze({ io: HostResolver });

/** @param own - what brings the network up on this board: its Wi-Fi, or a link. */
export function provideNetwork(own: Device["network"]): void {
  globalThis.device = Object.freeze({
    ...globalThis.device,
    network: Object.freeze({
      ...globalThis.device?.network,
      ...own,
      mqtt: Object.freeze({ socket: tcp, dns }),
      ...(tls && { mqtts: Object.freeze({ socket: tls, dns }) }),
      ...(WebSocketClient && { ws: Object.freeze({ io: WebSocketClient, socket: tcp, dns }) }),
      ...(WebSocketClient && tls && { wss: Object.freeze({ io: WebSocketClient, socket: tls, dns }) }),
    }),
  });
}
