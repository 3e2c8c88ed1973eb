/** Options that both clients have, with one range and one default each. */
import { checkInteger } from "../protocol/error.js";

/** Milliseconds to wait for PINGRESP. */
export const PING_TIMEOUT = 10_000;

/** Receive Maximum announced where none is asked for: what common brokers keep in flight anyway. */
export const RECEIVE_MAXIMUM = 20;

/** Options of either client. */
interface CommonOptions {
  readonly receiveBuffer?: number | undefined;
  readonly sendBuffer?: number | undefined;
  readonly connectTimeout?: number | undefined;
}

/** Size of the receive buffer in bytes. @throws MqttError (configuration) */
export function receiveBufferSize(options: CommonOptions): number {
  return checkInteger("receiveBuffer", options.receiveBuffer ?? 512, 64, 0x10000);
}

/** Size of the send buffer in bytes. @throws MqttError (configuration) */
export function sendBufferSize(options: CommonOptions): number {
  return checkInteger("sendBuffer", options.sendBuffer ?? 256, 64, 0x10000);
}

/** Milliseconds to wait for the socket and for CONNACK. @throws MqttError (configuration) */
export function connectTimeoutOf(options: CommonOptions): number {
  return checkInteger("connectTimeout", options.connectTimeout ?? 30_000, 1, 0x7fffffff);
}

/** Keep Alive in the seconds of the protocol, from milliseconds. @throws MqttError (configuration) */
export function keepAliveSeconds(milliseconds: number): number {
  return Math.ceil(checkInteger("keepAlive", milliseconds, 0, 65_535_000) / 1000);
}
