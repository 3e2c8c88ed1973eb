import Ethernet from "ethernet";
import Net from "net";
import type { NetworkLink, NetworkLinkOptions } from "../../src/node/host.js";

/** Ethernet of the SDK, whose driver comes back by itself when the cable does. */
export class EthernetLink implements NetworkLink {
  private readonly options: NetworkLinkOptions;
  private monitor: { close(): void } | undefined;
  private connected = false;

  constructor(options: NetworkLinkOptions) {
    this.options = options;
  }

  get address(): string | undefined {
    return this.connected ? Net.get("IP", "ethernet") : undefined;
  }

  /** @throws Error where there is no Ethernet hardware. */
  up(): void {
    Ethernet.start();
    this.monitor = new Ethernet((event) => {
      if (event === "gotIP" && !this.connected) {
        this.connected = true;
        this.options.onUp();
      } else if (event === "disconnect" && this.connected) {
        this.connected = false;
        this.options.onDown("Ethernet lost");
      }
    });
  }

  down(): void {
    this.monitor?.close();
    this.monitor = undefined;
  }
}
