/** What our additions to Moddable's typings allow and refuse: compiled by `npm test`, never run. */
import { Digest } from "crypt";
import TCP from "embedded:io/socket/tcp";
import WebSocketClient from "embedded:network/websocket/client";
import Flash from "embedded:storage/flash";
import Modules from "modules";
import Net from "net";
import SNTP from "sntp";
import X509 from "x509";
import openFlash from "xs-mqtt/flash";
import tls from "xs-mqtt/tls";
import { io, route } from "xs-mqtt/web-socket";
import type { FlashPartition } from "../../../../src/storage/flash.js";
import type { SocketOptions, WebSocketClientOptions } from "../../../../src/client/ecma-419.js";

export const socket: SocketOptions = { io: TCP };
export const webSocketClass: WebSocketClientOptions["io"] = WebSocketClient;

export const partition: FlashPartition = Flash.open({ path: "storage" });
// @ts-expect-error -- a partition is opened by options
Flash.open("storage");
// @ts-expect-error -- there may be none in this build
openFlash();
// @ts-expect-error -- there may be no TLS in this build
export const secure: SocketOptions = tls;
// @ts-expect-error -- nor WebSocket
export const always: WebSocketClientOptions["io"] = io;
export const options = route?.("ws://broker.local/mqtt");

const driver = Modules.importNow("embedded:sensor/Humidity-Temperature/SHT3x");
// @ts-expect-error -- what a module exports is not known before it is looked at
export const sensor: object = driver;

export const address: string | undefined = Net.get("IP", "ethernet");
// @ts-expect-error -- there is none before the cable is in
export const certain: string = Net.get("IP", "ethernet");

new SNTP({ host: "pool.ntp.org" }, (event, value) => {
  // @ts-expect-error -- an error comes as a string
  if (event === SNTP.time) Math.floor(value);
});

System.resolve("broker.local", (_name, found) => {
  // @ts-expect-error -- a name may not be found
  trace(found);
});
// @ts-expect-error -- the desktop cannot restart
System.restart();

export const digest: ArrayBuffer = new Digest("SHA256").process(new Uint8Array(1));
// @ts-expect-error -- too weak to be asked for
new Digest("MD5");
// @ts-expect-error -- a certificate may have no other names
export const names: number = X509.decodeSAN(new Uint8Array(1)).length;
export const number: bigint = BigInt.fromArrayBuffer(new ArrayBuffer(1));
