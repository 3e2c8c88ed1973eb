/** For other people's programs: `connect` finds the host's TCP and resolver, unless the program has given `device` a network. */
import "system";
import TCP from "embedded:io/socket/tcp";
import { HostResolver } from "./resolver.js";

/** The SDK's typings know no network. */
declare const device: { readonly network?: { readonly mqtt?: unknown } } | undefined;

const host = typeof device === "undefined" ? undefined : device;

if (host?.network?.mqtt === undefined) {
  const mqtt = Object.freeze({ socket: Object.freeze({ io: TCP }), dns: Object.freeze({ io: HostResolver }) });
  Object.assign(globalThis, { device: Object.freeze({ ...host, network: Object.freeze({ ...host?.network, mqtt }) }) });
}
