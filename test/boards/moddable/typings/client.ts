/** What the types of `embedded:network/mqtt/client` add to the SDK's: compiled by `npm test`, never run. */
import type { ControlMessage, MQTTClientOptions, WriteOptions } from "../../../../src/client/mqtt-client-options.js";

type Network = Pick<MQTTClientOptions, "socket" | "dns">;

export const asTheSDK = (network: Network): MQTTClientOptions => ({
  ...network, host: "broker.local", keepalive: 60_000, will: { topic: "status", message: new ArrayBuffer(1), QoS: 0, retain: 0 },
  onControl: ({ operation }: ControlMessage) => trace(`${operation}`),
});
export const asTheStandard = (network: Network): MQTTClientOptions => ({
  ...network, host: "broker.local", keepAlive: 60_000, onControl: (opcode: number, { reason }: ControlMessage) => trace(`${opcode} ${reason}`),
});
export const version5 = (network: Network): MQTTClientOptions => ({ ...network, host: "broker.local", version: 5, properties: { receiveMaximum: 4 } });
// @ts-expect-error -- there is no version 3
export const version3 = (network: Network): MQTTClientOptions => ({ ...network, host: "broker.local", version: 3 });
// @ts-expect-error -- a host has to be named
export const nowhere = (network: Network): MQTTClientOptions => ({ ...network });

export const bytes: WriteOptions = { topic: new ArrayBuffer(1), QoS: 2, id: 7, duplicate: true, byteLength: 16 };
export const subscribe: WriteOptions = { operation: 8, items: [{ topic: "a/+", QoS: 1 }, { topic: new Uint8Array(1) }] };
// @ts-expect-error -- QoS ends at 2
export const quality: WriteOptions = { topic: "a", QoS: 3 };
// @ts-expect-error -- an item has a topic
export const item: WriteOptions = { operation: 8, items: [{ QoS: 1 }] };
