/** The network of a board with a cable. */
import { provideNetwork } from "./device-network.js";
import { EthernetLink } from "./ethernet-link.js";

provideNetwork({ link: Object.freeze({ io: EthernetLink }) });
