/** For other people's programs: `connect` finds the host's TCP and resolver, unless the program has given `device` a network. */
import "system";
import TCP from "embedded:io/socket/tcp";
import { HostResolver } from "./resolver.js";

if (globalThis.device?.network?.mqtt === undefined)
  globalThis.device = Object.freeze({
    ...globalThis.device,
    network: Object.freeze({ ...globalThis.device?.network, mqtt: Object.freeze({ socket: Object.freeze({ io: TCP }), dns: Object.freeze({ io: HostResolver }) }) }),
  });
