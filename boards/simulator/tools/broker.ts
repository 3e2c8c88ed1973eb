import { startAedes } from "./aedes.js";
import { startMosquitto } from "./mosquitto.js";
import { find } from "./packages.js";

/** A running MQTT broker on the loopback interface, open to anybody on this machine. */
export interface Broker {
  readonly name: "mosquitto" | "aedes";
  readonly version: string;
  readonly port: number;
  /** `mqtt://127.0.0.1:PORT`, with TLS `mqtts://localhost:PORT`. */
  readonly url: string;
  /** Settles with a sentence when the broker ends without having been told to; never rejects. */
  readonly lost: Promise<string>;
  /** Shuts down in good order. May be called again, and after `kill`. */
  stop(): Promise<void>;
  /** Drops everything at once, as a power failure would. */
  kill(): Promise<void>;
}

/** Files in PEM format. */
export interface BrokerTLS {
  readonly certificate: string;
  readonly key: string;
  /** Authority of client certificates; given one, clients must have a certificate from it. */
  readonly clientAuthority?: string;
}

export interface BrokerOptions {
  /** Default: mosquitto where it is installed, else aedes, which is embedded and speaks MQTT 3.1.1 only. */
  readonly kind?: "mosquitto" | "aedes";
  /** Default: a free one. */
  readonly port?: number;
  /** mosquitto only: directory for sessions and retained messages, to be found again by a broker started later. Default: nothing is kept. */
  readonly persistence?: string;
  /** mosquitto only. */
  readonly tls?: BrokerTLS;
  /** mosquitto only: further lines of mosquitto.conf. */
  readonly settings?: readonly string[];
}

/**
 * Starts a broker; it accepts connections when the promise resolves.
 * @throws Error saying what the broker said when it does not start.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const kind = options.kind ?? ((await find("mosquitto")) === undefined ? "aedes" : "mosquitto");
  return kind === "mosquitto" ? startMosquitto(options) : startAedes(options);
}
