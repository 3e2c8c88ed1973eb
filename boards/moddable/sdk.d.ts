/** The SDK's modules that the firmware takes on a device, as far as it uses them: the typings package lacks `device.network` and `System`. */

/** Loaded for what it does: it makes the globals `System` and, on a microcontroller, `device`. */
declare module "system";

declare module "embedded:io/socket/tcp" {
  const TCP: import("../../src/client/ecma-419.js").SocketOptions["io"];
  export default TCP;
}

declare const System: {
  /** Asks the host's own resolver, which knows the name server that came with the address. The address is undefined where there is none. */
  resolve(name: string, callback: (name: string, address: string | undefined) => void): void;
  /** A microcontroller has it. */
  readonly restart?: () => void;
};

declare function trace(text: string): void;
