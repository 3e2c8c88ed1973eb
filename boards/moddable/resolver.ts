import type { Resolver } from "../../src/client/ecma-419.js";

/** ECMA-419 resolver over the host's own: that asks the name server of the network it is in. */
export class HostResolver implements Resolver {
  private closed = false;

  resolve(options: Parameters<Resolver["resolve"]>[0]): void {
    const { host, onResolved, onError } = options;
    System.resolve(host, (_name, address) => {
      if (this.closed) return;
      if (address === undefined) onError(host, new Error(`no address is known for "${host}": check the name and the network's name server`));
      else onResolved(host, address);
    });
  }

  /** No callback comes any more. */
  close(): void {
    this.closed = true;
  }
}
