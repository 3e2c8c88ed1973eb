/** Gives the global `device` its network; made when the program is built, so that it costs no RAM. */
import "system";
import TCP from "embedded:io/socket/tcp";
import type { Device } from "../../src/node/host.js";
import { HostResolver } from "./resolver.js";

declare global {
  var device: Device | undefined;
}

globalThis.device = Object.freeze({
  ...globalThis.device,
  network: Object.freeze({
    ...globalThis.device?.network,
    mqtt: Object.freeze({ socket: Object.freeze({ io: TCP }), dns: Object.freeze({ io: HostResolver }) }),
  }),
});
