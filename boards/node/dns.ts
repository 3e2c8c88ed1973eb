import { lookup } from "node:dns";
import { checkOptions } from "./check.js";

/** ECMA-419, clause 18: called once with `null` and the address, or with the error. */
export type ResolveCallback = (this: Resolver, error: Error | null, address: string | undefined, host: string) => void;

/** What to resolve. Moddable's SDK wants the callbacks here, the specification as the second argument. */
export interface ResolveOptions {
  /** A domain name or an IP address. */
  readonly host: string;
  readonly onResolved?: (this: Resolver, host: string, address: string) => void;
  readonly onError?: (this: Resolver, host: string, error: Error) => void;
}

/**
 * ECMA-419 Domain Name Resolver over the system's own resolver (hosts file, DNS, mDNS as configured).
 * `servers` and `socket` of a DNS over UDP resolver are ignored.
 */
export default class Resolver {
  target: unknown;
  #closed = false;

  /** @throws TypeError without an options object. */
  constructor(options: Readonly<Record<string, unknown>>) {
    checkOptions("Resolver", options);
    this.target = options["target"];
  }

  /**
   * Resolves a name; an IPv4 address is preferred, as devices have no other. Several calls may be pending.
   * The completion callback is used when there is one, otherwise `onResolved` and `onError`.
   * @throws TypeError for options without host or without callbacks, Error when the resolver is closed.
   */
  resolve(options: ResolveOptions, callback?: ResolveCallback): void {
    if (this.#closed) throw new Error("Resolver: resolve after close");
    const { host, onResolved, onError } = options;
    if (typeof host !== "string" || host === "") throw new TypeError("Resolver: the option host must be a domain name or an IP address");
    if (!callback && !onResolved) throw new TypeError("Resolver: give a completion callback or the option onResolved");
    // The system's resolver answers an IP address with itself, and always asynchronously.
    lookup(host, { verbatim: false }, (error, address) => {
      if (this.#closed) return;
      if (callback) callback.call(this, error, error ? undefined : address, host);
      else if (error) onError?.call(this, host, error);
      else onResolved?.call(this, host, address);
    });
  }

  /** Ends the resolver: no callback follows. */
  close(): void {
    this.#closed = true;
  }
}
