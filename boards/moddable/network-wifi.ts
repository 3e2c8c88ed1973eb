/** The network of a board with Wi-Fi. */
import WiFi from "embedded:network/interface/wifi";
import { provideNetwork } from "./device-network.js";

provideNetwork({ wifi: Object.freeze({ io: WiFi }) });
