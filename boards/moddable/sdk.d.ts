/** The SDK's modules that the firmware takes on a device, as far as it uses them: the typings package lacks `device.network` and `System`. */

/** Loaded for what it does: it makes the globals `System` and, on a microcontroller, `device`. */
declare module "system";

/** Loaded for what it does: it gives `device` the network of this board; the manifest says which of `network-*.ts` it is. */
declare module "xs-mqtt/network";

declare module "embedded:io/socket/tcp" {
  const TCP: import("../../src/client/ecma-419.js").SocketOptions["io"];
  export default TCP;
}

declare module "embedded:network/interface/wifi" {
  const WiFi: import("../../src/node/host.js").WiFiClass;
  export default WiFi;
}

declare module "ethernet" {
  /** Tells of "connect", "gotIP" and "disconnect". */
  export default class Ethernet {
    static start(): void;
    constructor(callback: (event: string) => void);
    close(): void;
  }
}

declare module "modules" {
  /** The modules of this build, by specifier. */
  const Modules: {
    has(specifier: string): boolean;
    /** @returns the default export. */
    importNow(specifier: string): unknown;
  };
  export default Modules;
}

declare module "net" {
  const Net: { get(property: "IP", interface: "ethernet"): string | undefined };
  export default Net;
}

declare module "sntp" {
  /** Closes itself after the time or a failure. */
  const SNTP: {
    readonly time: number;
    readonly retry: number;
    new (options: { readonly host: string }, callback: (event: number, value: number | string | undefined) => void): unknown;
  };
  export default SNTP;
}

declare const System: {
  /** Asks the host's own resolver, which knows the name server that came with the address. The address is undefined where there is none. */
  resolve(name: string, callback: (name: string, address: string | undefined) => void): void;
  /** A microcontroller has it. */
  readonly restart?: () => void;
};

declare function trace(text: string): void;
