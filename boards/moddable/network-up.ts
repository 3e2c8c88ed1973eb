/** The network of a host that is up already: for `connect`, unless the program has given `device` one. */
import { provideNetwork } from "./device-network.js";

if (globalThis.device?.network?.mqtt === undefined) provideNetwork({});
