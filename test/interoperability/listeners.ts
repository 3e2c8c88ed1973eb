import { type Credentials, Authority, DAY } from "../broker/certificates.js";

/** A port of a broker: what is spoken on it, and with which certificate. */
export interface Listener {
  readonly webSocket: boolean;
  readonly credentials: Credentials | undefined;
}

/** Which certificate a broker shows. */
export type Shown = "valid" | "elsewhere" | "expired";

/** For a name that nobody connects to. */
export const ELSEWHERE = "elsewhere.example";

/** What vouches for the brokers, and what they show. */
export class Certificates {
  readonly authority = new Authority();
  readonly expiry = Date.now() - DAY;
  readonly #issued: Readonly<Record<Shown, Credentials>> = {
    valid: this.authority.issue("localhost", "127.0.0.1"),
    elsewhere: this.authority.issue(ELSEWHERE),
    expired: this.authority.issueFor({ from: this.expiry - DAY, until: this.expiry }, "localhost"),
  };

  /** All listeners of a broker, by scheme and what it shows. */
  listeners(): ReadonlyMap<string, Listener> {
    const listeners = new Map<string, Listener>();
    for (const webSocket of [false, true]) {
      listeners.set(keyOf(webSocket ? "ws" : "mqtt"), { webSocket, credentials: undefined });
      for (const shown of ["valid", "elsewhere", "expired"] as const) listeners.set(keyOf(webSocket ? "wss" : "mqtts", shown), { webSocket, credentials: this.#issued[shown] });
    }
    return listeners;
  }
}

/** Names a listener. */
export function keyOf(scheme: "mqtt" | "mqtts" | "ws" | "wss", shown: Shown = "valid"): string {
  return `${scheme} ${shown}`;
}

/** A broker with a port for each listener. */
export interface Running {
  readonly ports: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}
