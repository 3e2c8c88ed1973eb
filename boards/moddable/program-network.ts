/** For other people's programs: `connect` finds the host's TCP and resolver, and TLS where the build has it, unless the program has given `device` its own. */
import "system";
import TCP from "embedded:io/socket/tcp";
import tls from "xs-mqtt/tls";
import { HostResolver } from "./resolver.js";

/** The SDK's typings know no network. */
declare const device: { readonly network?: object } | undefined;

const host = typeof device === "undefined" ? undefined : device;

const dns = Object.freeze({ io: HostResolver });

const network = Object.freeze({
  mqtt: Object.freeze({ socket: Object.freeze({ io: TCP }), dns }),
  ...(tls ? { mqtts: Object.freeze({ socket: tls, dns }) } : {}),
  ...host?.network,
});

Object.assign(globalThis, { device: Object.freeze({ ...host, network }) });
