/** The network of a host that is up already. */
import { provideNetwork } from "./device-network.js";

provideNetwork({});
